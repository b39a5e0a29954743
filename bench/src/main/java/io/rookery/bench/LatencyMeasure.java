package io.rookery.bench;

import io.rookery.samples.servers.EmbeddedKafkaServer;
import io.rookery.samples.servers.EmbeddedPostgresServer;
import io.rookery.server.process.ServerProcess;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * How long a row takes from its commit in the source to its row in a target database and to a consumer of committed
 * records, at {@value #A_SECOND} changes a second, each committed by itself, through three node processes.
 */
final class LatencyMeasure implements Measure {
    private static final int A_SECOND = 500;
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final long LOOK_NANOS = 2_000_000L;
    private static final Map<String, String> TASKS = Map.of(
            "ticks-in",
            """
            task: ticks-in
            from: { database: legacy, table: public.ticks }
            to: { documents: Ticks, id: "ticks/{id}" }
            """,
            "ticks-to-sql",
            """
            task: ticks-to-sql
            from: { collection: Ticks }
            to:
              sql: dwh
              schema: validate
              tables:
                public.ticks: { key: { id: $id }, columns: { number: id, note: note } }
            """,
            "ticks-to-kafka",
            """
            task: ticks-to-kafka
            from: { collection: Ticks }
            to: { kafka: main, topic: ticks, key: $id, format: plain }
            """);

    @Override
    public String name() {
        return "latency";
    }

    @Override
    public List<Result> run(Session session) throws Exception {
        Path folder = session.folder("latency");
        try (EmbeddedPostgresServer postgres = SqlMeasure.postgres(folder);
                EmbeddedKafkaServer kafka = EmbeddedKafkaServer.start(session.folder("broker"));
                Cluster cluster = Cluster.start(folder, 3)) {
            postgres.createDatabase("legacy");
            postgres.createDatabase("dwh");
            postgres.execute("legacy", "CREATE TABLE ticks (id bigint PRIMARY KEY, note text)");
            postgres.execute("dwh", "CREATE TABLE ticks (id text PRIMARY KEY, number bigint UNIQUE, note text)");
            ServerProcess leader = cluster.database("bench");
            apply(leader, postgres, kafka);
            return measure(session, postgres, kafka);
        }
    }

    private static void apply(ServerProcess node, EmbeddedPostgresServer postgres, EmbeddedKafkaServer kafka)
            throws Exception {
        for (String database : List.of("legacy", "dwh")) {
            Cluster.send(node, "PUT", "/connections/" + database, SqlMeasure.connection(postgres, database));
        }
        Cluster.send(node, "PUT", "/connections/main", "kafka: { servers: [\"" + kafka.bootstrapServers() + "\"] }");
        for (Map.Entry<String, String> task : TASKS.entrySet()) {
            Cluster.send(node, "PUT", "/tasks/" + task.getKey() + "?database=bench", task.getValue());
        }
    }

    private static List<Result> measure(Session session, EmbeddedPostgresServer postgres, EmbeddedKafkaServer kafka)
            throws Exception {
        int warm = (int) session.pace().warmUp().toSeconds() * A_SECOND;
        int count = warm + (int) session.pace().measured().toSeconds() * A_SECOND;
        AtomicLongArray committed = new AtomicLongArray(count);
        Arrivals rows = new Arrivals(committed);
        Arrivals records = new Arrivals(committed);
        ExecutorService watchers = Executors.newFixedThreadPool(2);
        try {
            List<Future<Void>> watching = List.of(
                    watchers.submit(watcher(() -> watchRows(postgres, rows, count))),
                    watchers.submit(watcher(() -> watchRecords(kafka, records, count))));
            write(postgres, committed, rows, records);
            for (Future<Void> one : watching) {
                one.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            }
        } finally {
            watchers.shutdownNow();
        }
        return List.of(
                Result.of("latency-sql-p50", rows.percentile(warm, 50), "ms"),
                Result.of("latency-sql-p99", rows.percentile(warm, 99), "ms"),
                Result.of("latency-kafka-p50", records.percentile(warm, 50), "ms"),
                Result.of("latency-kafka-p99", records.percentile(warm, 99), "ms"));
    }

    /** Something that goes on until it is done or interrupted. */
    @FunctionalInterface
    private interface Watch {
        void run() throws Exception;
    }

    private static Callable<Void> watcher(Watch watch) {
        return () -> {
            watch.run();
            return null;
        };
    }

    /** The first one alone: until it has arrived, tasks are still starting. */
    private static void write(
            EmbeddedPostgresServer postgres, AtomicLongArray committed, Arrivals rows, Arrivals records)
            throws Exception {
        try (Connection connection = postgres.connect("legacy");
                PreparedStatement insert = connection.prepareStatement("INSERT INTO ticks VALUES (?, ?)")) {
            insert(insert, 0, committed);
            Lap.await(() -> rows.has(0) && records.has(0), PATIENCE);
            long start = System.nanoTime();
            for (int i = 1; i < committed.length(); i++) {
                long wait = start + i * 1_000_000_000L / A_SECOND - System.nanoTime();
                if (wait > 0) {
                    LockSupport.parkNanos(wait);
                }
                insert(insert, i, committed);
            }
        }
    }

    private static void insert(PreparedStatement insert, int number, AtomicLongArray committed) throws SQLException {
        insert.setLong(1, number);
        insert.setString(2, "a short note on tick " + number);
        insert.executeUpdate();
        committed.set(number, System.nanoTime());
    }

    private static void watchRows(EmbeddedPostgresServer postgres, Arrivals rows, int count) throws SQLException {
        try (Connection connection = postgres.connect("dwh");
                PreparedStatement select =
                        connection.prepareStatement("SELECT number FROM ticks WHERE number > ? ORDER BY number")) {
            long last = -1;
            while (rows.count() < count && !Thread.currentThread().isInterrupted()) {
                select.setLong(1, last);
                try (ResultSet found = select.executeQuery()) {
                    while (found.next()) {
                        last = found.getLong(1);
                        rows.seen((int) last);
                    }
                }
                LockSupport.parkNanos(LOOK_NANOS);
            }
        }
    }

    private static void watchRecords(EmbeddedKafkaServer kafka, Arrivals records, int count) {
        Map<String, Object> settings = Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                kafka.bootstrapServers(),
                ConsumerConfig.GROUP_ID_CONFIG,
                "bench",
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest",
                ConsumerConfig.METADATA_MAX_AGE_CONFIG,
                500,
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed");
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of("ticks"));
            while (records.count() < count && !Thread.currentThread().isInterrupted()) {
                consumer.poll(Duration.ofMillis(100))
                        .forEach(found ->
                                records.seen(Integer.parseInt(found.key().substring("ticks/".length()))));
            }
        }
    }
}
