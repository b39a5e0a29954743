package io.rookery.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rookery.api.ChangeVector;
import io.rookery.api.Document;
import io.rookery.api.Due;
import io.rookery.api.ErrorCode;
import io.rookery.api.Json;
import io.rookery.api.RookeryException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DocumentBodyTest {
    private static final String METADATA = "\"@metadata\":{\"@collection\":\"People\"}";

    private static DocumentBody of(String text) {
        return DocumentBody.of(Json.checked(text.getBytes(StandardCharsets.UTF_8)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{M}|{}",
                " { M } |{}",
                "{M,\"a\":1}|{\"a\":1}",
                "{\"a\":1 , M}|{\"a\":1}",
                "{\"a\":[{},\"}\\\"\"], M ,\"b\":{\"c\":[]}}|{\"a\":[{},\"}\\\"\"],\"b\":{\"c\":[]}}",
                "{\"a\":true,\"b\":-1.5e3,M}|{\"a\":true,\"b\":-1.5e3}",
            })
    void shouldTakeTheMetadataOffAndLeaveTheRestAsItCame(String text, String stored) {
        DocumentBody body = of(text.replace("M", METADATA));

        assertThat(body.collection()).isEqualTo("People");
        assertThat(body.body().toString().replace(" ", "")).isEqualTo(stored);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{ }", "{\"a\":{\"@metadata\":1}}", "{\"a\":\"\\\"@metadata\\\":{}\"}"})
    void shouldLeaveABodyWithoutMetadataAsItCame(String text) {
        assertThat(of(text)).isEqualTo(new DocumentBody(DocumentBody.NO_COLLECTION, Json.parse(text), Due.NEVER));
    }

    @Test
    void shouldFindMetadataWhoseNameIsEscaped() {
        DocumentBody body = of("{\"x\":1,\"\\u0040metadata\":{\"@collection\":\"People\",\"own\":[2]}}");

        assertThat(body)
                .isEqualTo(new DocumentBody("People", Json.parse("{\"x\":1,\"@metadata\":{\"own\":[2]}}"), Due.NEVER));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{}", "{ \n}", " {\"a\":1} ", "{\"a\":\"x}\"}", "{\"@metadata\":{\"own\":1}}", "{\"a\":\"\\\\\"}"
            })
    void shouldPutOnTheMetadataAsAMapWouldHaveIt(String stored) {
        Due[] dues = {Due.NEVER, new Due(1_800_000_000_000L, 0), new Due(0, 1), new Due(7, 1_800_000_000_001L)};
        int next = 0;
        for (String id : new String[] {"a", "items/1", "q\"\\/\u0007/é/\ud83d\ude00", "~ "}) {
            Document document = new Document(
                    id, "Ä\"", new ChangeVector("A", 7), 1_700_000_000_009L, Json.parse(stored), dues[next++]);
            ByteArrayOutputStream out = new ByteArrayOutputStream();

            DocumentBody.write(document, false, out);

            Map<String, Object> expected = new LinkedHashMap<>(document.body().asObject());
            Map<String, Object> metadata = new LinkedHashMap<>(DocumentBody.metadata(document));
            if (expected.get("@metadata") instanceof Map<?, ?> own) {
                own.forEach((key, value) -> metadata.put((String) key, value));
            }
            expected.put("@metadata", metadata);
            assertThat(Json.parse(out.toByteArray()).asObject()).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "2030-01-02T03:04:05.6780000Z,2030-01-02T03:04:05.678Z",
        "2030-01-02T03:04:05Z,2030-01-02T03:04:05Z",
        "2030-01-02T03:04:05+02:00,2030-01-02T01:04:05Z",
        "2030-01-02T03:04:05-02:00,2030-01-02T05:04:05Z",
        "2030-01-02T03:04:05.1234567,2030-01-02T03:04:05.123Z",
        "2030-01-02,2030-01-02T00:00:00Z",
        "1960-01-02T03:04:05Z,1970-01-01T00:00:00.001Z",
    })
    void shouldTakeTimesAsClientsWriteThem(String text, Instant time) {
        DocumentBody body = of("{\"@metadata\":{\"@expires\":\"" + text + "\",\"@refresh\":null}}");

        assertThat(body.due()).isEqualTo(new Due(time.toEpochMilli(), 0));
        assertThat(body.body()).isEqualTo(Json.parse("{}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "2030-02-30T00:00:00Z", "+10000-01-01T00:00:00Z", "2030-01-02T03", "-"})
    void shouldRefuseWhatIsNoTime(String text) {
        assertThatThrownBy(() -> of("{\"@metadata\":{\"@refresh\":\"" + text + "\"}}"))
                .isInstanceOfSatisfying(RookeryException.class, refused -> assertThat(refused.code())
                        .isEqualTo(ErrorCode.BAD_REQUEST));
    }

    @Test
    void shouldWriteTimesWithSevenDigits() {
        assertThat(DocumentBody.time(0)).isEqualTo("1970-01-01T00:00:00.0000000Z");
        assertThat(DocumentBody.time(-1)).isEqualTo("1969-12-31T23:59:59.9990000Z");
        assertThat(DocumentBody.time(Instant.parse("2026-02-28T09:05:07.060Z").toEpochMilli()))
                .isEqualTo("2026-02-28T09:05:07.0600000Z");
    }
}
