package io.rookery.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The PostgreSQL that Rookery is measured next to: that it waits for two disks, as is said of it. */
final class PostgresPairIT {
    @TempDir
    private Path folder;

    @Test
    void shouldAnswerACommitWhenItIsOnTheDisksOfBoth() throws Exception {
        try (PostgresPair postgres = PostgresPair.start(folder)) {
            postgres.execute(JdbcInserts.TABLE);
            assertThat(postgres.ask("SELECT current_setting('fsync') || ' ' || current_setting('synchronous_commit')"))
                    .isEqualTo("on on");
            try (JdbcInserts inserts = new JdbcInserts(postgres, 4)) {
                assertThat(inserts.perSecond(Duration.ofMillis(300))).isPositive();
            }

            assertThat(postgres.ask("SELECT sync_state FROM pg_stat_replication"))
                    .isEqualTo("sync");
            assertThat(postgres.ask("SELECT count(*) FROM documents WHERE body ->> '@metadata' IS NOT NULL"))
                    .isNotEqualTo("0");
            assertThat(postgres.askStandby("SELECT pg_is_in_recovery()")).isEqualTo("t");
            String committed = postgres.ask("SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn");
            postgres.execute("INSERT INTO documents VALUES ('last', '{}')");
            assertThat(postgres.ask(
                            "SELECT min(flush_lsn) - '0/0'::pg_lsn > " + committed + " FROM pg_stat_replication"))
                    .isEqualTo("t");
        }
    }
}
