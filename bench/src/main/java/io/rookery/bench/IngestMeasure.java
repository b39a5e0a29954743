package io.rookery.bench;

import io.rookery.cluster.ReplicatedStore;
import io.rookery.etl.mirror.SourceRunner;
import io.rookery.etl.route.Assigned;
import io.rookery.etl.route.TaskStatus;
import io.rookery.etl.task.TaskFile;
import io.rookery.samples.servers.EmbeddedPostgresServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A snapshot of legacy tables until all documents are committed, next to a Debezium engine that reads the same tables
 * and drops the rows: a flat table, and orders with lines with discounts. One node, one replica. Time runs from the end of
 * the first batch, whose rows do not count, so what the engines need to start does not either; it ends when the store
 * has all documents.
 */
final class IngestMeasure implements Measure {
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    /** So that a lap takes seconds, and rounds are many. */
    private static final int MOST_ROWS = 100_000;

    private static final String FLAT =
            """
            task: flat
            from: { database: legacy, table: public.customers }
            to: { documents: Customers, id: "customers/{id}" }
            """;
    private static final String NESTED =
            """
            task: nested
            from: { database: legacy, table: public.orders }
            to:
              documents: Orders
              id: "orders/{id}"
              embed:
                lines:
                  table: public.lines
                  by: order_id
                  sort: line_no
                  columns: [line_no, sku, qty, price]
                  embed:
                    discounts: { table: public.discounts, by: line_id, sort: code, columns: [code, percent] }
            """;
    private static final List<String> SCHEMA = List.of(
            "CREATE TABLE customers (id bigint PRIMARY KEY, name text, email text, city text, credit numeric(18,4),"
                    + " since timestamptz, note text)",
            "CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint, status text, placed_at timestamptz,"
                    + " note text)",
            "CREATE TABLE lines (id bigint PRIMARY KEY, order_id bigint, line_no integer, sku text, qty integer,"
                    + " price numeric(18,4))",
            "CREATE TABLE discounts (line_id bigint, code text, percent numeric(5,2), PRIMARY KEY (line_id, code))");

    private final AtomicInteger laps = new AtomicInteger();

    /** What is read: a task and how many rows its tables have. */
    private record Work(String name, String task, List<String> tables, int documents, long rows, double target) {}

    @Override
    public String name() {
        return "ingest";
    }

    @Override
    public List<Result> run(Session session) throws Exception {
        Path folder = session.folder("ingest");
        List<Result> results = new ArrayList<>();
        try (EmbeddedPostgresServer postgres = SqlMeasure.postgres(folder);
                Nodes nodes = Nodes.start(folder, 1)) {
            postgres.createDatabase("legacy");
            for (Work work : fill(postgres, Math.min(MOST_ROWS, session.pace().documents()))) {
                var found = new Duel()
                        .side("task", Lap.laps(() -> ingest(nodes, postgres, work)))
                        .side("bare Debezium", Lap.laps(() -> new BareDebezium(postgres, "legacy")
                                .snapshot("bare" + laps.incrementAndGet(), work.tables(), work.rows())))
                        .run(session);
                results.add(Result.of("ingest-" + work.name(), found.get("task"), "rows/s")
                        .against(found.get("bare Debezium"), work.target()));
            }
        }
        return results;
    }

    /** As many rows in the flat table as in the three others together. */
    private static List<Work> fill(EmbeddedPostgresServer postgres, int rows) throws Exception {
        int orders = rows / 7;
        postgres.execute("legacy", SCHEMA.toArray(String[]::new));
        postgres.execute(
                "legacy",
                "INSERT INTO customers SELECT g, 'Customer ' || g, 'customer' || g || '@example.com', 'Town ' || g % 97,"
                        + " (g % 100000) * 0.0125, timestamptz '2025-01-01' + g * interval '1 second',"
                        + " repeat('Please deliver to the back door. ', 8) FROM generate_series(1, " + rows + ") g",
                "INSERT INTO orders SELECT g, g % 1000, 'PAID', timestamptz '2025-01-01' + g * interval '1 second',"
                        + " repeat('Please deliver to the back door. ', 8) FROM generate_series(1, " + orders + ") g",
                "INSERT INTO lines SELECT g * 10 + l, g, l, 'SKU-' || (g + l) % 500, l, 12.5000 + l"
                        + " FROM generate_series(1, " + orders + ") g, generate_series(1, 3) l",
                "INSERT INTO discounts SELECT id, 'CODE' || line_no, 5 + line_no FROM lines",
                "ANALYZE");
        return List.of(
                new Work("flat", FLAT, List.of("public.customers"), rows, rows, 0.7),
                new Work(
                        "three-levels",
                        NESTED,
                        List.of("public.orders", "public.lines", "public.discounts"),
                        orders,
                        7L * orders,
                        0.4));
    }

    private Lap.Done ingest(Nodes nodes, EmbeddedPostgresServer postgres, Work work) throws Exception {
        String database = "ingest" + laps.incrementAndGet();
        ReplicatedStore store = nodes.database(database);
        var assigned =
                new Assigned("source-legacy", 0, 1, TaskFile.parse("bench.yaml", work.task()), Set.of(), store, "");
        var environment = Delivering.environment(Map.of("legacy", SqlMeasure.connection(postgres, "legacy")));
        long before;
        long first;
        long end;
        try (SourceRunner runner = new SourceRunner(assigned, environment)) {
            runner.start();
            Lap.await(() -> status(runner).sequence() > 0, PATIENCE);
            before = status(runner).sequence();
            first = System.nanoTime();
            Lap.await(() -> status(runner).delivered() >= work.documents(), PATIENCE);
            Lap.await(() -> documents(store) >= work.documents(), PATIENCE); // what was built last may be under way
            end = System.nanoTime();
        }
        nodes.dropDatabase(database);
        return new Lap.Done(work.rows() - before, end - first);
    }

    /** Applied, and so committed. */
    private static long documents(ReplicatedStore store) {
        return store.statistics().documents().values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    private static TaskStatus status(SourceRunner runner) {
        TaskStatus status = runner.statuses().get(0);
        status.problem().ifPresent(problem -> {
            throw new IllegalStateException(status.task() + ": " + problem.message());
        });
        return status;
    }
}
