package io.rookery.sinks.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import io.rookery.api.Setting;
import io.rookery.api.SinkRequest;
import io.rookery.sinks.Fields;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;

class KafkaTargetTest {
    private static final Map<String, Object> SERVERS = Map.of("servers", "127.0.0.1:9092");

    private static void create(Map<String, Object> to, Map<String, Object> connection) {
        Map<String, Object> all = new HashMap<>(to);
        all.put("kafka", "main");
        new KafkaSinkFactory()
                .create(new SinkRequest("c", "t", 0, Setting.of(all), Setting.of(connection), new Fields()));
    }

    private static AbstractThrowableAssert<?, ?> refuses(ErrorCode code, Map<String, Object> to) {
        return assertThatThrownBy(() -> create(to, SERVERS))
                .isInstanceOfSatisfying(
                        RookeryException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    private static AbstractThrowableAssert<?, ?> refusesConnection(Map<String, Object> connection) {
        return assertThatThrownBy(() -> create(Map.of("topic", "t"), connection));
    }

    @Test
    void shouldNameTheNearestKey() {
        refuses(ErrorCode.BAD_TASK, Map.of("topic", "t", "formt", "plain")).hasMessageContaining("'format'");
    }

    @Test
    void shouldRefuseTopicsThatKafkaDoesNotTakeOrKeepsForItself() {
        refuses(ErrorCode.BAD_TASK, Map.of("topic", "shop orders")).hasMessageContaining("shop orders");
        refuses(ErrorCode.BAD_TASK, Map.of("topic", "__transaction_state"));
        refuses(ErrorCode.BAD_TASK, Map.of("topic", ".."));
        refuses(ErrorCode.BAD_TASK, Map.of()).hasMessageContaining("'topic'");
    }

    @Test
    void shouldSayThatAvroAndProtobufAreNotThere() {
        refuses(ErrorCode.NOT_SUPPORTED, Map.of("topic", "t", "format", "avro")).hasMessageContaining("avro");
        refuses(ErrorCode.NOT_SUPPORTED, Map.of("topic", "t", "format", "protobuf"));
        refuses(ErrorCode.BAD_TASK, Map.of("topic", "t", "format", "xml"));
    }

    @Test
    void shouldRefuseSettingsThatTheFormatDoesNotHave() {
        refuses(ErrorCode.BAD_TASK, Map.of("topic", "t", "before", true)).hasMessageContaining("debezium");
        refuses(ErrorCode.BAD_TASK, Map.of("topic", "t", "cloudevents", Map.of("mode", "binary")));
        refuses(ErrorCode.BAD_TASK, Map.of("topic", "t", "deletes", "event")).hasMessageContaining("tombstone");
        refuses(ErrorCode.BAD_TASK, Map.of("topic", "t", "headers", Map.of("CE_id", "x")));
        refuses(ErrorCode.BAD_TASK, Map.of("topic", "t", "key", "{$op}/{tenant}"))
                .hasMessageContaining("$op");
    }

    @Test
    void shouldWantTheBodyBeforeOnlyWhereTheIdDoesNotTellTopicAndKey() {
        KafkaSinkFactory factory = new KafkaSinkFactory();
        assertThat(factory.wantsBefore(Setting.of(Map.of("topic", "shop.orders"))))
                .isFalse();
        assertThat(factory.wantsBefore(Setting.of(Map.of("topic", "shop.{$collection}", "key", "$id"))))
                .isFalse();
        assertThat(factory.wantsBefore(Setting.of(Map.of("topic", "shop.{tenant}"))))
                .isTrue();
        assertThat(factory.wantsBefore(Setting.of(Map.of("topic", "t", "key", "customer"))))
                .isTrue();
        assertThat(factory.wantsBefore(Setting.of(Map.of("topic", "t", "before", true))))
                .isTrue();
    }

    @Test
    void shouldKeepSecretsOutOfWordsAndQuoteThem() {
        // given
        Map<String, Object> sasl = Map.of("mechanism", "SCRAM-SHA-512", "user", "hub", "password", "a\"b\\c");

        // when
        KafkaConnection connection = KafkaConnection.of(
                Setting.of(Map.of("servers", List.of("k1:9092", "k2:9092"), "sasl", sasl, "tls", true)));

        // then
        assertThat(connection.toString()).isEqualTo("kafka k1:9092,k2:9092");
        assertThat(connection.client())
                .containsEntry("security.protocol", "SASL_SSL")
                .containsEntry(
                        "sasl.jaas.config",
                        "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"hub\""
                                + " password=\"a\\\"b\\\\c\";");
    }

    @Test
    void shouldRefuseConnectionsThatCouldLoadClassesOrWeakenThePromise() {
        refusesConnection(Map.of("servers", "nowhere")).hasMessageContaining("kafka-1:9092");
        refusesConnection(Map.of("servers", "k:1", "properties", Map.of("interceptor.classes", "x")))
                .hasMessageContaining("interceptor.classes");
        refusesConnection(Map.of("servers", "k:1", "properties", Map.of("acks", "0")));
        refusesConnection(Map.of("servers", "k:1", "sasl", Map.of("mechanism", "GSSAPI")));
        refusesConnection(
                Map.of("servers", "k:1", "sasl", Map.of("mechanism", "PLAIN", "user", "a\nb", "password", "c")));
    }
}
