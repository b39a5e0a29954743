package io.rookery.etl.mirror;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.rookery.api.ErrorCode;
import io.rookery.api.MemoryDatabase;
import io.rookery.api.Setting;
import io.rookery.etl.route.Assigned;
import io.rookery.etl.route.ParkedChange;
import io.rookery.etl.route.TaskEnvironment;
import io.rookery.etl.route.TaskState;
import io.rookery.etl.route.TaskStatus;
import io.rookery.etl.task.ConnectionDefinition;
import io.rookery.etl.task.TaskFile;
import io.rookery.samples.servers.EmbeddedPostgresServer;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the keys of an ingest task do, each seen with the real PostgreSQL behind the runner. */
final class SourceTasksIT {
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

    private SourceRunner runner(String name, String tasks) {
        Setting settings = Setting.of(
                Map.of("port", (long) server.port(), "database", name, "user", "postgres", "password", "postgres"));
        TaskEnvironment environment = new TaskEnvironment(
                () -> "it",
                asked -> Optional.of(new ConnectionDefinition(asked, "postgres", settings, "")),
                variable -> null,
                secret -> null,
                Clock.systemUTC());
        SourceRunner runner = new SourceRunner(
                new Assigned("source-" + name, 0, ++epoch, TaskFile.parse("t.yaml", tasks), Set.of(), database, ""),
                environment);
        runner.start();
        return runner;
    }

    private static void soon(ThrowingRunnable assertion) {
        await().atMost(Duration.ofSeconds(90)).ignoreExceptions().untilAsserted(assertion);
    }

    private Map<String, Object> document(String id) {
        return database.document(id).orElseThrow().body().asObject();
    }

    private static TaskStatus status(SourceRunner runner, String task) {
        return runner.statuses().stream()
                .filter(status -> status.task().equals(task))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void shouldAssembleMapsSinglesLinksAndCopiesByForeignKeysAndTreatDeletesAsTold() throws Exception {
        server.createDatabase("forms");
        server.execute(
                "forms",
                "CREATE TABLE customers (id int PRIMARY KEY, name text, segment text, secret text)",
                "CREATE TABLE orders (region text, id int, customer_id int REFERENCES customers, note text,"
                        + " PRIMARY KEY (region, id))",
                "CREATE TABLE lines (order_id int, order_region text, sku text, qty int, PRIMARY KEY (order_id, sku),"
                        + " FOREIGN KEY (order_id, order_region) REFERENCES orders (id, region) ON DELETE CASCADE)",
                "CREATE TABLE payments (id int PRIMARY KEY, order_region text, order_id int, paid numeric(8,2),"
                        + " FOREIGN KEY (order_region, order_id) REFERENCES orders)",
                "CREATE TABLE notes (id int PRIMARY KEY, order_region text, order_id int, text text)",
                "INSERT INTO customers VALUES (1, 'Ann', 'gold', 'x'), (2, 'Bob', 'tin', 'x')",
                "INSERT INTO orders SELECT 'eu', i, 1, 'n' FROM generate_series(1, 1000) i",
                "INSERT INTO lines VALUES (1, 'eu', 'A', 2), (1, 'eu', 'B', 3)",
                "INSERT INTO payments VALUES (1, 'eu', 1, 9.50)");
        String tasks =
                """
                task: orders
                from: { database: forms, table: orders }
                to:
                  documents: Orders
                  id: orders/{region}/{id}
                  embed:
                    lines: { table: lines, as: map, key: sku, columns: [qty] }
                    payment: { table: payments, as: one, columns: [paid] }
                    notes: { table: notes, by: [order_region, order_id], columns: [text] }
                  link:
                    customer: { by: customer_id, id: "customers/{customer_id}" }
                  copy:
                    buyer: { table: customers, take: [name, segment] }
                    buyerName: { table: customers, take: name }
                ---
                task: kept
                from: { database: forms, table: orders }
                to: { documents: Kept, id: "kept/{id}", columns: [note], deletes: keep }
                ---
                task: marked
                from: { database: forms, table: orders }
                to: { documents: Marked, id: "marked/{id}", columns: [note], deletes: mark }
                """;
        try (SourceRunner runner = runner("forms", tasks)) {
            soon(() -> assertThat(document("orders/eu/1"))
                    .containsEntry("lines", Map.of("A", Map.of("qty", 2L), "B", Map.of("qty", 3L)))
                    .containsEntry("payment", Map.of("paid", new java.math.BigDecimal("9.50")))
                    .containsEntry("notes", List.of())
                    .containsEntry("customer", "customers/1")
                    .containsEntry("buyer", Map.of("name", "Ann", "segment", "gold"))
                    .containsEntry("buyerName", "Ann"));
            assertThat(document("orders/eu/2")).containsEntry("lines", Map.of()).containsEntry("payment", null);
            soon(() -> assertThat(document("marked/1000")).containsEntry("note", "n"));

            server.execute(
                    "forms",
                    "INSERT INTO notes VALUES (1, 'us', 7, 'before its order')",
                    "UPDATE orders SET customer_id = NULL WHERE id = 1",
                    "UPDATE customers SET secret = 'y'",
                    "UPDATE customers SET name = 'Anna' WHERE id = 1",
                    "DELETE FROM lines WHERE sku = 'A'",
                    "DELETE FROM payments");
            soon(() -> assertThat(document("orders/eu/1"))
                    .containsEntry("lines", Map.of("B", Map.of("qty", 3L)))
                    .containsEntry("payment", null)
                    .containsEntry("customer", null)
                    .containsEntry("buyer", null)
                    .containsEntry("buyerName", null));
            soon(() -> {
                for (int order = 2; order <= 1_000; order++) {
                    assertThat(document("orders/eu/" + order)).containsEntry("buyerName", "Anna");
                }
            });

            server.execute(
                    "forms",
                    "INSERT INTO orders VALUES ('us', 7, NULL, 'late')",
                    "UPDATE orders SET customer_id = 2 WHERE id = 1",
                    "DELETE FROM orders WHERE id = 3",
                    "UPDATE orders SET note = 'm' WHERE id = 4");
            soon(() -> assertThat(document("orders/us/7"))
                    .containsEntry("notes", List.of(Map.of("text", "before its order"))));
            soon(() -> assertThat(document("orders/eu/1"))
                    .containsEntry("customer", "customers/2")
                    .containsEntry("buyer", Map.of("name", "Bob", "segment", "tin")));
            soon(() -> assertThat(document("marked/4")).isEqualTo(Map.of("note", "m")));
            assertThat(database.document("orders/eu/3")).isEmpty();
            assertThat(document("kept/3")).isEqualTo(Map.of("note", "n"));
            assertThat(document("marked/3")).isEqualTo(Map.of("note", "n", "deleted", true));
            assertThat(status(runner, "orders").state()).isEqualTo(TaskState.RUNNING);
        }
    }

    @Test
    void shouldParkSkipOrStopByEachTasksPolicyWhileTheOthersFlow() throws Exception {
        server.createDatabase("poison");
        server.execute(
                "poison",
                "CREATE TABLE things (id int PRIMARY KEY, n int)",
                "INSERT INTO things SELECT i, i FROM generate_series(1, 20) i");
        String tasks = task("parks", "park") + "---\n" + task("skips", "skip") + "---\n" + task("stops", "stop");
        try (SourceRunner runner = runner("poison", tasks)) {
            soon(() -> assertThat(document("stops/20")).containsEntry("sign", "plus"));
            server.execute(
                    "poison", "UPDATE things SET n = -1 WHERE id IN (3, 4)", "UPDATE things SET n = 8 WHERE id = 5");
            soon(() -> assertThat(document("parks/5")).containsEntry("n", 8L));
            soon(() -> assertThat(document("skips/5")).containsEntry("n", 8L));
            soon(() -> assertThat(status(runner, "stops").state()).isEqualTo(TaskState.STOPPED));
            assertThat(status(runner, "stops").problem().orElseThrow().message())
                    .contains("poison: stop")
                    .contains("negative");
            assertThat(document("stops/5")).containsEntry("n", 5L);
            soon(() -> assertThat(status(runner, "parks").parked()).isEqualTo(2));
            assertThat(runner.parked("parks", null, 10))
                    .extracting(ParkedChange::id)
                    .containsExactly("parks/3", "parks/4");
            assertThat(runner.parked("parks", null, 1).get(0).error()).contains("negative");
            assertThat(runner.parked("skips", null, 10)).isEmpty();
            assertThat(document("skips/3")).containsEntry("n", 3L);

            // at once: the source is idle between its heartbeats
            assertThat(runner.retry("parks", "parks/3"))
                    .succeedsWithin(Duration.ofSeconds(4))
                    .isEqualTo(0);
            assertThat(runner.parked("parks", null, 1).get(0).attempts()).isEqualTo(2);
            assertThat(runner.skip("parks", "parks/4", 0))
                    .succeedsWithin(Duration.ofSeconds(4))
                    .isEqualTo(1);
            assertThat(status(runner, "parks").parked()).isEqualTo(1);

            server.execute("poison", "UPDATE things SET n = 6 WHERE id IN (3, 4)");
            soon(() -> assertThat(document("parks/3")).containsEntry("n", 6L));
            soon(() -> assertThat(document("parks/4")).containsEntry("n", 6L));
            soon(() -> assertThat(status(runner, "parks").parked()).isZero());
            runner.resume("stops");
            soon(() -> assertThat(document("stops/5")).containsEntry("n", 8L));
            soon(() -> assertThat(document("stops/3")).containsEntry("n", 6L));
            soon(() -> assertThat(status(runner, "stops").state()).isEqualTo(TaskState.RUNNING));

            server.execute("poison", "UPDATE things SET n = -1 WHERE id < 10");
            soon(() -> assertThat(status(runner, "parks").state()).isEqualTo(TaskState.STOPPED));
            assertThat(status(runner, "parks").problem().orElseThrow().message())
                    .contains("stop_after");
        }
    }

    private static String task(String name, String poison) {
        return """
                task: %1$s
                from: { database: poison, table: things }
                to: { documents: Things, id: "%1$s/{id}" }
                steps:
                  - set:
                      sign: "= (() => { if (doc.n < 0) { throw new Error('negative'); } return 'plus'; })()"
                on_error: { poison: %2$s, stop_after: 6, retry: 100ms..1s }
                """
                .formatted(name, poison);
    }

    @Test
    void shouldCatchUpAfterPauseAndAfterTheSourceWasAway() throws Exception {
        server.createDatabase("away");
        server.execute("away", "CREATE TABLE a (id int PRIMARY KEY, n int)", "INSERT INTO a VALUES (1, 1), (2, 1)");
        String tasks =
                """
                task: one
                from: { database: away, table: a }
                to: { documents: One }
                on_error: { retry: 200ms..1s }
                ---
                task: two
                from: { database: away, table: a }
                to: { documents: Two }
                """;
        try (SourceRunner runner = runner("away", tasks)) {
            soon(() -> assertThat(document("one/2")).containsEntry("n", 1L));
            runner.pause("two");
            soon(() -> assertThat(status(runner, "two").state()).isEqualTo(TaskState.PAUSED));
            soon(() -> assertThat(status(runner, "one").state()).isEqualTo(TaskState.RUNNING));
            server.execute("away", "UPDATE a SET n = 2 WHERE id = 1", "DELETE FROM a WHERE id = 2");
            soon(() -> assertThat(document("one/1")).containsEntry("n", 2L));
            soon(() -> assertThat(database.document("one/2")).isEmpty());
            assertThat(document("two/1")).containsEntry("n", 1L);
            assertThat(document("two/2")).containsEntry("n", 1L);

            server.stop();
            soon(() -> assertThat(status(runner, "one").state()).isEqualTo(TaskState.WAITING));
            assertThat(status(runner, "one").problem().orElseThrow().code()).isEqualTo(ErrorCode.SOURCE_UNREACHABLE);
            runner.resume("two");
            server.startAgain();
            server.execute("away", "UPDATE a SET n = 3 WHERE id = 1");
            soon(() -> assertThat(document("one/1")).containsEntry("n", 3L));
            soon(() -> assertThat(document("two/1")).containsEntry("n", 3L));
            assertThat(database.document("two/2")).isEmpty();
        }
    }

    @Test
    void shouldSayWhichForeignKeysThereAreWhenByIsAmbiguous() throws Exception {
        server.createDatabase("twice");
        server.execute(
                "twice",
                "CREATE TABLE people (id int PRIMARY KEY)",
                "CREATE TABLE letters (id int PRIMARY KEY, sender int REFERENCES people, receiver int REFERENCES people)");
        String task =
                """
                task: people
                from: { database: twice, table: people }
                to:
                  documents: People
                  embed:
                    letters: { table: letters }
                """;
        try (SourceRunner runner = runner("twice", task)) {
            soon(() -> assertThat(status(runner, "people").state()).isEqualTo(TaskState.FAILED));
            assertThat(status(runner, "people").problem().orElseThrow().message())
                    .contains("t.yaml:6:")
                    .contains("letters_receiver_fkey (receiver) and letters_sender_fkey (sender)");
        }
    }
}
