package io.rookery.samples.servers;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

final class EmbeddedPostgresServerIT {
    @Test
    void shouldKeepDataAndPortOverARestart() throws Exception {
        try (EmbeddedPostgresServer postgres = EmbeddedPostgresServer.start()) {
            // given
            postgres.createDatabase("shop");
            postgres.execute("shop", "CREATE TABLE t (id bigint)", "INSERT INTO t VALUES (7)");
            int port = postgres.port();

            // when
            postgres.stop();
            postgres.startAgain();

            // then
            assertThat(postgres.port()).isEqualTo(port);
            assertThat(text(postgres, "SELECT id FROM t")).isEqualTo("7");
            assertThat(text(postgres, "SHOW wal_level")).isEqualTo("logical");
        }
    }

    private static String text(EmbeddedPostgresServer postgres, String sql) throws Exception {
        try (Connection connection = postgres.connect("shop");
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            result.next();
            return result.getString(1);
        }
    }
}
