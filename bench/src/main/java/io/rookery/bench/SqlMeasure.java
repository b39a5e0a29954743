package io.rookery.bench;

import io.rookery.cluster.ReplicatedStore;
import io.rookery.samples.servers.EmbeddedPostgresServer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Documents to PostgreSQL by a task next to plain JDBC batch upserts of the same rows, in transactions of as many
 * documents: into empty tables, and over the rows that are there. One node, one replica.
 */
final class SqlMeasure implements Measure {
    private static final double TARGET = 0.6;
    /** So that a lap takes seconds, and rounds are many. */
    private static final int MOST_DOCUMENTS = 50_000;

    private static final String TASKS =
            """
            task: customers
            from: { collection: Customers }
            to:
              sql: dwh
              schema: validate
              tables:
                public.task_customers:
                  key: { id: $id }
                  columns: { number: number, name: name, email: email, city: city, credit: credit, since: since, note: note }
            ---
            task: orders
            from: { collection: Orders }
            to:
              sql: dwh
              schema: validate
              tables:
                public.task_orders:
                  key: { id: $id }
                  columns: { number: number, customer: customer, status: status, placed_at: placedAt, note: note }
                public.task_lines:
                  each: lines
                  key: { id: $id, line_no: $item.line_no }
                  columns: { sku: $item.sku, qty: $item.qty, price: $item.price }
            """;

    @Override
    public String name() {
        return "sql";
    }

    @Override
    public List<Result> run(Session session) throws Exception {
        Path folder = session.folder("sql");
        Orders orders = new Orders(Math.min(MOST_DOCUMENTS, session.pace().documents()));
        try (EmbeddedPostgresServer postgres = postgres(folder);
                Nodes nodes = Nodes.start(folder, 1)) {
            postgres.createDatabase("dwh");
            for (String table : Orders.DDL) {
                postgres.execute("dwh", table.formatted("task"), table.formatted("plain"));
            }
            ReplicatedStore store = nodes.database("bench");
            orders.fill(store);
            try (Delivering tasks = new Delivering(store, TASKS, Map.of("dwh", connection(postgres, "dwh")));
                    PlainJdbc plain = new PlainJdbc(
                            postgres.jdbcUrl("dwh"), EmbeddedPostgresServer.USER, EmbeddedPostgresServer.PASSWORD)) {
                return compare(session, new Sides(postgres, tasks, plain, orders.count()));
            }
        }
    }

    /** A PostgreSQL that waits for its disk, as one in production does. */
    static EmbeddedPostgresServer postgres(Path folder) {
        return EmbeddedPostgresServer.start(
                folder.resolve("postgres"),
                Map.of("fsync", "on", "synchronous_commit", "on", "max_wal_size", "2GB", "shared_buffers", "256MB"));
    }

    static String connection(EmbeddedPostgresServer postgres, String database) {
        return "postgres: { host: localhost, port: %d, database: %s, user: %s, password: %s, tls: disable }"
                .formatted(postgres.port(), database, EmbeddedPostgresServer.USER, EmbeddedPostgresServer.PASSWORD);
    }

    private static List<Result> compare(Session session, Sides sides) throws Exception {
        List<Result> results = new ArrayList<>();
        for (String collection : List.of("customers", "orders")) {
            for (boolean empty : new boolean[] {true, false}) {
                Map<String, Double> found = new Duel()
                        .side("task", Lap.laps(() -> sides.lap("task", collection, empty)))
                        .side("plain JDBC", Lap.laps(() -> sides.lap("plain", collection, empty)))
                        .run(session);
                results.add(Result.of("sql-" + collection + (empty ? "" : "-again"), found.get("task"), "rows/s")
                        .against(found.get("plain JDBC"), TARGET));
            }
        }
        return results;
    }

    /** The two ways of writing the same rows. */
    private record Sides(EmbeddedPostgresServer postgres, Delivering tasks, PlainJdbc plain, int documents) {
        Lap.Done lap(String side, String collection, boolean empty) throws Exception {
            boolean customers = collection.equals("customers");
            if (empty) {
                postgres.execute(
                        "dwh",
                        customers
                                ? "TRUNCATE " + side + "_customers"
                                : "TRUNCATE " + side + "_orders, " + side + "_lines");
            }
            long start = System.nanoTime();
            if (side.equals("task")) {
                tasks.deliverAgain(collection);
            } else if (customers) {
                plain.customers(documents);
            } else {
                plain.orders(documents);
            }
            return new Lap.Done((long) documents * (customers ? 1 : 1 + Orders.LINES), System.nanoTime() - start);
        }
    }
}
