package io.rookery.bench;

import io.rookery.samples.servers.EmbeddedPostgresServer;
import io.rookery.server.process.ServerProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A node as a process: from start to its first accepted write, what it holds resident when idle, and the most that it
 * holds while a task works off a backlog, in its usual heap.
 */
final class MemoryMeasure implements Measure {
    private static final Duration PATIENCE = Duration.ofMinutes(15);
    private static final Duration IDLE = Duration.ofSeconds(10);
    private static final double MEGABYTE = 1 << 20;
    private static final String TASK =
            """
            task: items
            from: { collection: Items }
            to:
              sql: dwh
              schema: validate
              tables:
                public.items: { key: { id: $id }, columns: { number: number, name: name, city: city } }
            """;

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public List<Result> run(Session session) throws Exception {
        List<Result> results = new ArrayList<>();
        results.add(Result.atMost("start-to-first-write", start(session), "s", 6));
        results.add(Result.atMost("memory-idle", idle(session), "MB", 400));
        try (Cluster cluster = Cluster.start(session.folder("memory"), 1);
                EmbeddedPostgresServer postgres = SqlMeasure.postgres(session.folder("target"))) {
            ServerProcess node = cluster.database("bench");
            Cluster.fill(node, 0, session.pace().backlog());
            results.addAll(backlog(node, postgres, session.pace().backlog()));
        }
        return results;
    }

    private static double start(Session session) throws Exception {
        List<Double> seconds = new ArrayList<>();
        for (int round = 0; round < session.pace().rounds(); round++) {
            long start = System.nanoTime();
            try (Cluster cluster = Cluster.start(session.folder("start"), 1)) {
                put(cluster.database("bench"));
                seconds.add((System.nanoTime() - start) / 1e9);
            }
        }
        session.tell("  start to first write, s: %s", seconds);
        return Duel.median(seconds);
    }

    private static void put(ServerProcess node) throws Exception {
        Cluster.send(
                node,
                "PUT",
                "/databases/bench/docs?id=items%2F0",
                Payload.body(0).toString());
    }

    /** Of the biggest of three nodes that have a database and nothing to do. */
    private static double idle(Session session) throws Exception {
        try (Cluster cluster = Cluster.start(session.folder("idle"), 3)) {
            put(cluster.database("bench"));
            Thread.sleep(IDLE.toMillis());
            return cluster.nodes().stream()
                            .mapToLong(ServerProcess::residentBytes)
                            .max()
                            .orElseThrow()
                    / MEGABYTE;
        }
    }

    private static List<Result> backlog(ServerProcess node, EmbeddedPostgresServer postgres, int changes)
            throws Exception {
        postgres.createDatabase("dwh");
        postgres.execute("dwh", "CREATE TABLE items (id text PRIMARY KEY, number bigint, name text, city text)");
        Cluster.send(node, "PUT", "/connections/dwh", SqlMeasure.connection(postgres, "dwh"));
        long[] most = {0};
        long start = System.nanoTime();
        Cluster.send(node, "PUT", "/tasks/items?database=bench", TASK);
        Lap.await(
                () -> {
                    most[0] = Math.max(most[0], node.residentBytes());
                    Thread.sleep(100);
                    Map<String, Object> task =
                            Cluster.send(node, "GET", "/tasks/items", "").asObject();
                    return task.get("checkpoint") instanceof Long checkpoint && checkpoint >= changes;
                },
                PATIENCE);
        double seconds = (System.nanoTime() - start) / 1e9;
        return List.of(
                Result.of("memory-" + changes + "-behind", most[0] / MEGABYTE, "MB"),
                Result.of("catching-up-" + changes + "-behind", changes / seconds, "docs/s"));
    }
}
