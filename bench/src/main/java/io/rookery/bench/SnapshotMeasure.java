package io.rookery.bench;

import io.rookery.server.process.ServerProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Writes to three node processes while their shards take snapshots as they do by themselves: the slowest write near a
 * snapshot next to what 99 % of the others take. The slowest far from one is told too: not every stall is a snapshot's.
 */
final class SnapshotMeasure implements Measure {
    private static final int CONNECTIONS = 16;
    private static final long NEAR = TimeUnit.MILLISECONDS.toNanos(200);
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final double TARGET = 2;

    @Override
    public String name() {
        return "snapshot";
    }

    @Override
    public List<Result> run(Session session) throws Exception {
        try (Cluster cluster = Cluster.start(session.folder("snapshot"), 3)) {
            ServerProcess leader = cluster.database("bench");
            HttpLoad load = new HttpLoad(leader.settings().httpPort(), CONNECTIONS, new HttpWrites("bench", 1));
            load.perSecond(session.pace().warmUp());
            Timings timings = new Timings();
            load.timed(timings);
            List<Path> folders =
                    cluster.nodes().stream().map(node -> node.settings().data()).toList();
            try (SnapshotWatch watch = SnapshotWatch.start(folders)) {
                int wanted = session.pace().rounds() * cluster.nodes().size();
                long deadline = System.nanoTime() + PATIENCE.toNanos();
                do {
                    load.perSecond(session.pace().measured());
                } while (watch.count() < wanted && System.nanoTime() < deadline);
                return results(session, timings, watch.seen());
            }
        }
    }

    private static List<Result> results(Session session, Timings timings, List<Timings.Span> snapshots) {
        List<Timings.Span> near =
                snapshots.stream().map(snapshot -> snapshot.widened(NEAR)).toList();
        Timings.Durations during = timings.of(span -> span.meetsAny(near));
        Timings.Durations others = timings.of(span -> !span.meetsAny(near));
        session.tell(
                "  %d snapshots; %d writes near one, of which 99 %% take %.1f ms; %d others",
                snapshots.size(), during.count(), during.percentile(99), others.count());
        double usual = others.percentile(99);
        return List.of(
                Result.atMost("snapshot-slowest-write", during.most(), "ms", TARGET)
                        .against(usual, TARGET),
                Result.of("snapshot-none-slowest-write", others.most(), "ms").against(usual, null));
    }
}
