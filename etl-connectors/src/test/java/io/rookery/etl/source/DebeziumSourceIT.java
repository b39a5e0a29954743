package io.rookery.etl.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.rookery.api.ErrorCode;
import io.rookery.api.Json;
import io.rookery.api.RookeryException;
import io.rookery.api.RowChange;
import io.rookery.api.RowChange.Kind;
import io.rookery.api.Setting;
import io.rookery.api.Source;
import io.rookery.api.SourceBatch;
import io.rookery.api.SourceRequest;
import io.rookery.samples.servers.EmbeddedPostgresServer;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The source against a real PostgreSQL: what rows look like, where it goes on, when it refuses. */
final class DebeziumSourceIT {
    private static EmbeddedPostgresServer server;

    @BeforeAll
    static void startServer() {
        server = EmbeddedPostgresServer.start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    private static SourceRequest request(String database, String... tables) {
        return new SourceRequest(
                "test",
                database,
                Setting.of(Map.of(
                        "host",
                        "localhost",
                        "port",
                        (long) server.port(),
                        "database",
                        database,
                        "user",
                        EmbeddedPostgresServer.USER,
                        "password",
                        EmbeddedPostgresServer.PASSWORD)),
                List.of(tables));
    }

    /** A source that runs in a thread and keeps what it gave. */
    private static final class Running implements AutoCloseable {
        final List<SourceBatch> batches = new CopyOnWriteArrayList<>();
        final CompletableFuture<Void> end = new CompletableFuture<>();
        /** Fails at the first change of the stream, as a node does that dies with it. */
        volatile boolean failing;

        private final Source source;
        private final Thread thread;

        Running(SourceRequest request, Json offset) {
            source = new PostgresSourceFactory().create(request);
            thread = new Thread(() -> {
                try {
                    source.run(offset, this::accept);
                    end.complete(null);
                } catch (RuntimeException e) {
                    end.completeExceptionally(e);
                }
            });
            thread.start();
        }

        private void accept(SourceBatch batch) {
            if (failing && batch.changes().stream().anyMatch(change -> change.kind() != Kind.READ)) {
                throw new IllegalStateException("died");
            }
            batches.add(batch);
        }

        List<RowChange> changes() {
            return batches.stream().flatMap(batch -> batch.changes().stream()).toList();
        }

        List<RowChange> streamed() {
            return changes().stream()
                    .filter(change -> change.kind() != Kind.READ)
                    .toList();
        }

        Json offset() {
            return batches.get(batches.size() - 1).offset();
        }

        void untilStreaming() {
            until(() -> assertThat(batches).anyMatch(batch -> !batch.snapshot()));
        }

        void until(org.awaitility.core.ThrowingRunnable assertion) {
            await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> {
                if (end.isCompletedExceptionally()) {
                    end.join();
                }
                assertion.run();
            });
        }

        @Override
        public void close() {
            source.close();
            await().atMost(Duration.ofSeconds(30)).until(() -> !thread.isAlive());
        }
    }

    @Test
    void shouldGiveRowsOfEveryTypeAsJsonValuesAndThenChanges() throws Exception {
        server.createDatabase("types");
        server.execute(
                "types",
                "CREATE TYPE mood AS ENUM ('sad','happy')",
                "CREATE TABLE quirks (a int, b text, price numeric(18,4), at timestamptz, local timestamp, day date,"
                        + " t time, body jsonb, bin bytea, m mood, u uuid, tags text[], nums int[], span interval,"
                        + " ok boolean, free numeric, PRIMARY KEY (b, a))",
                "INSERT INTO quirks VALUES (1, 'x/y', 12.3400, '2026-01-02 03:04:05.678+00', '2026-01-02 03:04:05',"
                        + " '2026-01-02', '03:04:05.5', '{\"k\": [1]}', '\\x0102', 'happy',"
                        + " '5ecd8bd0-0000-4000-8000-000000000001', '{a,NULL}', '{1,2}', '1 day 02:00:00', true, 7.50)",
                "CREATE TABLE notes (id int PRIMARY KEY, text text, n int)",
                "ALTER TABLE notes ALTER text SET STORAGE EXTERNAL",
                "INSERT INTO notes VALUES (1, repeat('long', 5000), 1)",
                "CREATE TABLE log (line text)",
                "ALTER TABLE log REPLICA IDENTITY FULL",
                "INSERT INTO log VALUES ('first')");
        try (Running running = new Running(request("types", "public.quirks", "public.notes", "public.log"), null)) {
            running.untilStreaming();
            RowChange quirk = running.changes().stream()
                    .filter(change -> change.table().equals("public.quirks"))
                    .findFirst()
                    .orElseThrow();
            assertThat(quirk.key()).containsExactly(Map.entry("b", "x/y"), Map.entry("a", 1L));
            assertThat(quirk.after())
                    .containsEntry("price", new BigDecimal("12.3400"))
                    .containsEntry("at", "2026-01-02T03:04:05.678000Z")
                    .containsEntry("local", "2026-01-02T03:04:05")
                    .containsEntry("day", "2026-01-02")
                    .containsEntry("t", "03:04:05.5")
                    .containsEntry("body", "{\"k\": [1]}")
                    .containsEntry("bin", "AQI=")
                    .containsEntry("m", "happy")
                    .containsEntry("u", "5ecd8bd0-0000-4000-8000-000000000001")
                    .containsEntry("nums", List.of(1L, 2L))
                    .containsEntry("span", "P0Y0M1DT2H0M0S")
                    .containsEntry("ok", true)
                    .containsEntry("free", new BigDecimal("7.5")); // the engine drops zeros where the type has no scale
            server.execute(
                    "types",
                    "UPDATE notes SET n = 2",
                    "UPDATE notes SET id = 5",
                    "UPDATE log SET line = 'second'",
                    "DELETE FROM notes",
                    "TRUNCATE quirks");
            running.until(() -> assertThat(running.streamed()).hasSize(5));
            List<RowChange> streamed = running.streamed();
            assertThat(streamed.get(0).unavailable()).containsExactly("text");
            assertThat(streamed.get(1).kind()).isEqualTo(Kind.UPDATE);
            assertThat(streamed.get(1).before()).isEqualTo(Map.of("id", 1L));
            assertThat(streamed.get(1).key()).isEqualTo(Map.of("id", 5L));
            assertThat(streamed.get(2).before()).isEqualTo(Map.of("line", "first"));
            assertThat(streamed.get(3).kind()).isEqualTo(Kind.DELETE);
            assertThat(streamed.get(3).key()).isEqualTo(Map.of("id", 5L));
            assertThat(streamed.get(4).kind()).isEqualTo(Kind.TRUNCATE);
        }
    }

    @Test
    void shouldGoOnFromItsOffsetAndRefuseWhenTheSlotWasDropped() throws Exception {
        server.createDatabase("restart");
        server.execute("restart", "CREATE TABLE a (id int PRIMARY KEY)", "INSERT INTO a VALUES (1), (2)");
        Json offset;
        try (Running running = new Running(request("restart", "public.a"), null)) {
            running.untilStreaming();
            server.execute("restart", "INSERT INTO a VALUES (3)");
            running.until(() -> assertThat(running.streamed()).hasSize(1));
            offset = running.offset();
        }
        server.execute("restart", "INSERT INTO a VALUES (4)");
        try (Running running = new Running(request("restart", "public.a"), offset)) {
            running.until(() -> assertThat(running.changes()).isNotEmpty());
            assertThat(running.changes())
                    .extracting(change -> change.key().get("id"))
                    .containsExactly(4L);
        }
        await().atMost(Duration.ofSeconds(30)).ignoreExceptions().until(() -> {
            server.execute("restart", "SELECT pg_drop_replication_slot('rookery_test_restart')");
            return true;
        });
        try (Running running = new Running(request("restart", "public.a"), offset)) {
            assertThatThrownBy(running.end::join)
                    .hasCauseInstanceOf(RookeryException.class)
                    .hasMessageContaining("resync")
                    .extracting(e -> ((RookeryException) e.getCause()).code())
                    .isEqualTo(ErrorCode.SOURCE_POSITION_LOST);
        }
    }

    @Test
    void shouldLoseNoRowThatFollowsAHeartbeatDirectly() throws Exception {
        server.createDatabase("beat");
        server.execute("beat", "CREATE TABLE a (id int PRIMARY KEY, n int)", "INSERT INTO a VALUES (1, 1), (2, 1)");
        Json offset;
        try (Running running = new Running(request("beat", "public.a"), null)) {
            running.untilStreaming();
            running.failing = true;
            running.until(() -> assertThat(running.offset().asObject()).containsEntry("messageType", "MESSAGE"));
            server.execute("beat", "INSERT INTO a VALUES (3, 1), (4, 1)");
            await().atMost(Duration.ofSeconds(60)).until(running.end::isDone);
            offset = running.offset();
        }
        try (Running running = new Running(request("beat", "public.a"), offset)) {
            running.until(() -> assertThat(running.streamed())
                    .extracting(change -> change.key().get("id"))
                    .containsExactly(3L, 4L));
        }
    }

    @Test
    void shouldSayWithSqlWhatIsMissing() throws Exception {
        server.createDatabase("checks");
        server.execute(
                "checks",
                "CREATE TABLE nokey (line text)",
                "CREATE ROLE poor LOGIN PASSWORD 'poor'",
                "CREATE TABLE ok (id int PRIMARY KEY)");
        assertThat(new PostgresSourceFactory().check(request("checks", "public.ok")))
                .isEmpty();
        assertThat(new PostgresSourceFactory().check(request("checks", "public.nokey", "public.none")))
                .satisfiesExactly(
                        nokey -> assertThat(nokey).contains("ALTER TABLE \"public\".\"nokey\" REPLICA IDENTITY FULL;"),
                        none -> assertThat(none).contains("public.none does not exist"));
    }
}
