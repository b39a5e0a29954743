package io.rookery.etl.mirror;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.rookery.api.ErrorCode;
import io.rookery.api.FeedRequest;
import io.rookery.api.MemoryDatabase;
import io.rookery.api.Setting;
import io.rookery.etl.route.Assigned;
import io.rookery.etl.route.TaskEnvironment;
import io.rookery.etl.route.TaskState;
import io.rookery.etl.task.ConnectionDefinition;
import io.rookery.etl.task.TaskFile;
import io.rookery.samples.servers.EmbeddedPostgresServer;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A legacy PostgreSQL becomes documents: the runner with the real source. */
final class SourceRunnerIT {
    private static final String TASK =
            """
            task: orders
            from: { database: legacy, table: public.orders }
            to:
              documents: Orders
              id: orders/{id}
              columns: %s
              embed:
                lines: { table: public.lines, by: order_id, columns: [id, text, n] }
              copy:
                customer: { table: public.customers, by: customer_id, take: name }
            on_error: { retry: 200ms..1s }
            """;
    private static EmbeddedPostgresServer server;
    private final MemoryDatabase database = new MemoryDatabase();
    private long epoch;

    @BeforeAll
    static void startServer() {
        server = EmbeddedPostgresServer.start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    private static void tables(String name) throws Exception {
        server.createDatabase(name);
        server.execute(
                name,
                "CREATE TABLE customers (id int PRIMARY KEY, name text)",
                "CREATE TABLE orders (id int PRIMARY KEY, customer_id int, note text)",
                "CREATE TABLE lines (id int PRIMARY KEY, order_id int, text text, n int)",
                "ALTER TABLE lines ALTER text SET STORAGE EXTERNAL",
                "INSERT INTO customers VALUES (1, 'Ann')",
                "INSERT INTO orders SELECT i, 1, 'n' FROM generate_series(1, 1000) i",
                "INSERT INTO lines VALUES (1, 1, repeat('long', 3000), 1)");
    }

    private SourceRunner runner(String name, String columns) {
        Setting settings = Setting.of(
                Map.of("port", (long) server.port(), "database", name, "user", "postgres", "password", "postgres"));
        TaskEnvironment environment = new TaskEnvironment(
                () -> "test",
                asked -> Optional.of(new ConnectionDefinition(asked, "postgres", settings, "")),
                variable -> null,
                secret -> null,
                Clock.systemUTC());
        SourceRunner runner = new SourceRunner(
                new Assigned(
                        "source-legacy",
                        0,
                        ++epoch,
                        TaskFile.parse("t.yaml", TASK.formatted(columns)),
                        Set.of(),
                        database,
                        ""),
                environment);
        runner.start();
        return runner;
    }

    private static void soon(ThrowingRunnable assertion) {
        await().atMost(Duration.ofSeconds(35)).ignoreExceptions().untilAsserted(assertion);
    }

    private Map<String, Object> order(int id) {
        return database.document("orders/" + id).orElseThrow().body().asObject();
    }

    /** Newest sequence number. */
    private long head() {
        return database.read(new FeedRequest(0, 1, 1, null, false)).head();
    }

    private List<?> lines(int order) {
        return (List<?>) order(order).get("lines");
    }

    @Test
    void shouldChangeBothDocumentsWhenALineMovesAndKeepItsToastedText() throws Exception {
        tables("moved");
        try (SourceRunner runner = runner("moved", "\"*\"")) {
            soon(() -> assertThat(lines(1)).hasSize(1));
            long head = head();

            // the long text is not in the log: it is the stored row's
            server.execute("moved", "UPDATE lines SET n = 2, order_id = 2");

            soon(() -> assertThat(lines(2)).hasSize(1));
            assertThat(lines(1)).isEmpty();
            assertThat(head()).isEqualTo(head + 2);
            assertThat(lines(2).get(0))
                    .asInstanceOf(InstanceOfAssertFactories.MAP)
                    .containsEntry("n", 2L)
                    .containsEntry("text", "long".repeat(3_000));
            assertThat(runner.statuses().get(0).state()).isEqualTo(TaskState.RUNNING);
        }
    }

    @Test
    void shouldShowAChildThatCameBeforeItsParentOnceTheParentIsThere() throws Exception {
        tables("early");
        try (SourceRunner runner = runner("early", "\"*\"")) {
            soon(() -> assertThat(runner.statuses().get(0).state()).isEqualTo(TaskState.RUNNING));
            server.execute("early", "INSERT INTO lines VALUES (7, 2000, 'x', 1)", "UPDATE orders SET note = 'seen'");
            soon(() -> assertThat(order(1000)).containsEntry("note", "seen"));
            assertThat(database.document("orders/2000")).isEmpty();

            server.execute("early", "INSERT INTO orders VALUES (2000, NULL, 'late')");

            soon(() -> assertThat(lines(2000)).hasSize(1));
        }
    }

    @Test
    void shouldFollowANullableForeignKeyThatIsSetAndUnset() throws Exception {
        tables("nullable");
        try (SourceRunner runner = runner("nullable", "\"*\"")) {
            soon(() -> assertThat(order(4)).containsEntry("customer", "Ann"));
            assertThat(runner.ended()).isFalse();
            server.execute("nullable", "UPDATE orders SET customer_id = NULL WHERE id = 4");
            soon(() -> assertThat(order(4)).containsEntry("customer", null));
            server.execute("nullable", "UPDATE customers SET name = 'Bea'");
            soon(() -> assertThat(order(5)).containsEntry("customer", "Bea"));
            assertThat(order(4)).containsEntry("customer", null);
            server.execute("nullable", "UPDATE orders SET customer_id = 1 WHERE id = 4");
            soon(() -> assertThat(order(4)).containsEntry("customer", "Bea"));

            server.execute("nullable", "UPDATE lines SET order_id = NULL");
            soon(() -> assertThat(lines(1)).isEmpty());
            server.execute("nullable", "UPDATE lines SET order_id = 4");
            soon(() -> assertThat(lines(4)).hasSize(1));
        }
    }

    @Test
    void shouldRefreshTheCopiedNameInAllThousandOrders() throws Exception {
        tables("renamed");
        try (SourceRunner runner = runner("renamed", "\"*\"")) {
            soon(() -> assertThat(order(1000)).containsEntry("customer", "Ann"));
            assertThat(runner.ended()).isFalse();

            server.execute("renamed", "UPDATE customers SET name = 'Bea'");

            soon(() -> {
                for (int id = 1; id <= 1_000; id++) {
                    assertThat(order(id)).containsEntry("customer", "Bea");
                }
            });
        }
    }

    @Test
    void shouldGoOnAfterARestartWithAnotherMapping() throws Exception {
        tables("shop");
        try (SourceRunner runner = runner("shop", "\"*\"")) {
            soon(() -> assertThat(lines(1)).hasSize(1));
            assertThat(runner.ended()).isFalse();
        }
        server.execute("shop", "DELETE FROM orders WHERE id = 3", "INSERT INTO orders VALUES (2000, 1, 'late')");
        try (SourceRunner runner = runner("shop", "{ \"*\": true, note: remark }")) {
            assertThat(runner.statuses()).hasSize(1);
            soon(() -> assertThat(database.document("orders/3")).isEmpty());
            soon(() -> assertThat(order(2000)).containsEntry("customer", "Ann").containsEntry("remark", "late"));
            assertThat(order(999)).containsEntry("remark", "n").doesNotContainKey("note");
            server.execute("shop", "TRUNCATE lines");
            soon(() -> assertThat(lines(1)).isEmpty());
        }
    }

    @Test
    void shouldFailLoudlyWhenTheSlotIsGoneAndHealByResync() throws Exception {
        tables("lost");
        try (SourceRunner runner = runner("lost", "\"*\"")) {
            soon(() -> assertThat(lines(1)).hasSize(1));
            assertThat(runner.ended()).isFalse();
        }
        await().atMost(Duration.ofSeconds(30)).ignoreExceptions().until(() -> {
            server.execute("lost", "SELECT pg_drop_replication_slot('rookery_test_legacy')");
            return true;
        });
        server.execute("lost", "DELETE FROM orders WHERE id = 5", "UPDATE orders SET note = 'm' WHERE id = 6");
        long writes = head();
        try (SourceRunner runner = runner("lost", "\"*\"")) {
            soon(() -> assertThat(runner.statuses().get(0).state()).isEqualTo(TaskState.FAILED));
            assertThat(runner.statuses().get(0).problem().orElseThrow().code())
                    .isEqualTo(ErrorCode.SOURCE_POSITION_LOST);
            runner.resync("orders").join();
            soon(() -> assertThat(database.document("orders/5")).isEmpty());
            soon(() -> assertThat(order(6)).containsEntry("note", "m"));
            assertThat(head()).isEqualTo(writes + 2);
        }
    }
}
