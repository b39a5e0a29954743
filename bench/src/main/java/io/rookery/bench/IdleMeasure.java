package io.rookery.bench;

import io.rookery.server.process.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Three nodes with shards that nobody uses: the processor time of all three together, and the resident memory that
 * another shard costs a node, each after the same time of doing nothing.
 */
final class IdleMeasure implements Measure {
    private static final int SHARDS = 16;
    /** Clock ticks of {@code /proc}: the same on every Linux. */
    private static final double TICKS_A_SECOND = 100;

    private static final double MEGABYTE = 1 << 20;

    @Override
    public String name() {
        return "idle";
    }

    @Override
    public List<Result> run(Session session) throws Exception {
        Pace pace = session.pace();
        List<Result> results = new ArrayList<>();
        try (Cluster cluster = Cluster.start(session.folder("idle"), 3)) {
            cluster.database("bench");
            Thread.sleep(pace.warmUp().toMillis());
            double before = resident(session, cluster);
            double base = processor(cluster, pace.measured());
            cluster.database("sharded", new Cluster.Shape(SHARDS, 3));
            Thread.sleep(pace.warmUp().toMillis());
            double after = resident(session, cluster);
            results.add(Result.of("idle-processor-1-shard", base, "% core"));
            results.add(Result.atMost(
                    "idle-processor-" + SHARDS + "-shards", processor(cluster, pace.measured()), "% core", 10));
            results.add(Result.atMost("memory-an-idle-shard", (after - before) / SHARDS, "MB", 4));
        }
        return results;
    }

    /** Mean of the nodes, in megabytes. */
    private static double resident(Session session, Cluster cluster) {
        List<Double> each = cluster.nodes().stream()
                .map(node -> node.residentBytes() / MEGABYTE)
                .toList();
        session.tell("  resident, MB: %s", each.stream().map(Math::round).toList());
        return each.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    }

    /** Of one core, in percent, all nodes together. */
    private static double processor(Cluster cluster, Duration time) throws Exception {
        long start = System.nanoTime();
        double before = processorSeconds(cluster);
        Thread.sleep(time.toMillis());
        return 100 * (processorSeconds(cluster) - before) * 1e9 / (System.nanoTime() - start);
    }

    private static double processorSeconds(Cluster cluster) throws IOException {
        long ticks = 0;
        for (ServerProcess node : cluster.nodes()) {
            String line = Files.readString(Path.of("/proc", Long.toString(node.pid()), "stat"));
            String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ");
            ticks += Long.parseLong(fields[11]) + Long.parseLong(fields[12]); // user and system
        }
        return ticks / TICKS_A_SECOND;
    }
}
