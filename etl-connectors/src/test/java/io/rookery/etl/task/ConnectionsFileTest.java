package io.rookery.etl.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import io.rookery.api.Setting;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConnectionsFileTest {
    private static final String FILE =
            """
            connections:
              legacy:
                postgres: { host: "${env:LEGACY_HOST:-localhost}", port: "${env:PORT:-5432}", database: shop, user: cdc_reader, password: "${secret:legacy/password}", tls: verify-full }
              main:
                kafka: { servers: [kafka-1:9092], sasl: { mechanism: SCRAM-SHA-512, user: hub, password: "${secret:kafka/hub}" } }
            """;

    private static void refused(String text, String... parts) {
        assertThatThrownBy(() -> ConnectionsFile.parse("c.yaml", text))
                .isInstanceOf(RookeryException.class)
                .satisfies(e -> assertThat(e.getMessage()).contains(parts));
    }

    private static Setting resolved(Map<String, String> environment, Map<String, String> secrets) {
        return ConnectionsFile.parse("c.yaml", FILE).get(0).resolved(environment::get, secrets::get);
    }

    @Test
    void shouldFillInVariablesDefaultsAndSecretsOnlyWhenResolved() {
        ConnectionDefinition legacy = ConnectionsFile.parse("c.yaml", FILE).get(0);

        assertThat(legacy.kind()).isEqualTo("postgres");
        assertThat(legacy.text()).contains("${secret:legacy/password}").contains("${env:LEGACY_HOST:-localhost}");
        assertThat(legacy).hasToString("connection legacy (postgres)");
        Setting plain = resolved(Map.of(), Map.of("legacy/password", "12345"));
        assertThat(plain.get("host").text()).isEqualTo("localhost");
        assertThat(plain.get("port").integer(1, 65_535)).isEqualTo(5432);
        assertThat(plain.get("password").value()).isEqualTo("12345");
        assertThat(resolved(Map.of("LEGACY_HOST", "db", "PORT", "1"), Map.of("legacy/password", "$1\\"))
                        .plain())
                .isEqualTo(Map.of(
                        "host",
                        "db",
                        "port",
                        1L,
                        "database",
                        "shop",
                        "user",
                        "cdc_reader",
                        "password",
                        "$1\\",
                        "tls",
                        "verify-full"));
    }

    @Test
    void shouldNameWhatIsNotSetAndNeverItsValue() {
        assertThatThrownBy(() -> resolved(Map.of(), Map.of()))
                .isInstanceOfSatisfying(
                        RookeryException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_CONNECTION))
                .hasMessageContaining("c.yaml:3:")
                .hasMessageContaining("the secret 'legacy/password' but it is not stored");
        String variable = FILE.replace(":-localhost", "");
        assertThatThrownBy(
                        () -> ConnectionsFile.parse("c.yaml", variable).get(0).resolved(x -> null, x -> "s"))
                .hasMessageContaining("the environment variable LEGACY_HOST but it is not set");
        String unknown = FILE.replace("${env:PORT:-5432}", "${file:x}");
        assertThatThrownBy(() -> ConnectionsFile.parse("c.yaml", unknown).get(0).resolved(x -> null, x -> "s"))
                .hasMessageContaining("but found ${file:x}");
    }

    @Test
    void shouldReadBackWhatIsStored() {
        ConnectionDefinition main = ConnectionsFile.parse("c.yaml", FILE).get(1);
        ConnectionDefinition again = ConnectionsFile.parseOne("main", main.text());
        assertThat(again.kind()).isEqualTo("kafka");
        assertThat(again.settings().plain()).isEqualTo(main.settings().plain());
    }

    @Test
    void shouldRefuseWhatIsNoConnection() {
        refused("connection: {}\n", "Unknown key 'connection'; did you mean 'connections'?");
        refused("connections: { Legacy: { postgres: {} } }\n", "c.yaml:1:", "small letters", "'Legacy'");
        refused("connections: { a: {} }\n", "Expected one kind, such as postgres", "found nothing");
        refused("connections: { a: { postgres: {}, kafka: {} } }\n", "found postgres, kafka");
        refused("connections: { a: { postgres: x } }\n", "Expected a mapping");
        assertThatThrownBy(() -> ConnectionsFile.parseOne("a", "")).hasMessageContaining("but found 0");
    }
}
