package io.rookery.bench;

import io.rookery.server.process.ServerProcess;
import java.io.File;
import java.io.IOException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;

/**
 * A fourth node joins three that have many documents of 1 KB while they take {@value #WRITES} writes a second: from the
 * start of its process until its replica is a member and all documents are there.
 */
final class NewPeerMeasure implements Measure {
    private static final int WRITES = 100;
    private static final Duration BEFORE = Duration.ofSeconds(5);
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    @Override
    public String name() {
        return "newpeer";
    }

    @Override
    public List<Result> run(Session session) throws Exception {
        int documents = session.pace().backlog();
        try (Cluster cluster = Cluster.start(session.folder("newpeer"), 3)) {
            ServerProcess leader = cluster.database("bench", new Cluster.Shape(1, 4));
            Cluster.fill(leader, new Cluster.Numbers(0, documents), NewPeerMeasure::document);
            try (SteadyWrites writes = SteadyWrites.start(leader, WRITES)) {
                Thread.sleep(BEFORE.toMillis());
                long start = System.nanoTime();
                ServerProcess added = cluster.add();
                Lap.await(() -> isMember(leader, added) && count(added) >= documents, PATIENCE);
                long end = System.nanoTime();
                session.tell(
                        "  %,d bytes of tables at the new node",
                        tables(new File(added.settings().data().toFile(), "shards")));
                return results(session, writes, new Timings.Span(start, end), documents);
            }
        }
    }

    /** 1 KB that compression makes little smaller: what is sent are compressed tables. */
    private static String document(long number) {
        byte[] bytes = new byte[690];
        new Random(number).nextBytes(bytes);
        return "{\"@metadata\":{\"@collection\":\"Items\"},\"number\":" + number + ",\"text\":\""
                + Base64.getEncoder().encodeToString(bytes) + "\"}";
    }

    /** What is deleted meanwhile has no size. */
    private static long tables(File folder) {
        long bytes = 0;
        for (File file : Objects.requireNonNullElse(folder.listFiles(), new File[0])) {
            bytes += file.isDirectory() ? tables(file) : file.getName().endsWith(".sst") ? file.length() : 0;
        }
        return bytes;
    }

    private static List<Result> results(Session session, SteadyWrites writes, Timings.Span joining, int documents) {
        Timings.Durations during = writes.timings().of(span -> span.meetsAny(List.of(joining)));
        Timings.Durations before = writes.timings().of(span -> span.to() < joining.from());
        session.tell(
                "  %d writes meanwhile, %d failed; before, 99 %% of %d took at most %.1f ms",
                during.count(), writes.failures(), before.count(), before.percentile(99));
        double seconds = (joining.to() - joining.from()) / 1e9;
        return List.of(
                Result.atMost("newpeer-with-" + documents, seconds, "s", 60),
                Result.of("newpeer-writes-p99", during.percentile(99), "ms").against(before.percentile(99), null),
                Result.of("newpeer-writes-slowest", during.most(), "ms").against(before.most(), null),
                Result.atMost("newpeer-writes-failed", writes.failures(), "writes", 0));
    }

    private static boolean isMember(ServerProcess asked, ServerProcess node) throws Exception {
        Object nodes = Cluster.send(asked, "GET", "/topology?name=bench", "")
                .asObject()
                .get("Nodes");
        return ((List<?>) nodes)
                .stream()
                        .map(item -> (Map<?, ?>) item)
                        .anyMatch(item ->
                                node.tag().equals(item.get("ClusterTag")) && "Member".equals(item.get("ServerRole")));
    }

    /** Of its own replica; 0 as long as it has none. */
    private static long count(ServerProcess node) throws InterruptedException {
        try {
            Object count = Cluster.send(node, "GET", "/databases/bench/stats", "")
                    .asObject()
                    .get("CountOfDocuments");
            return (Long) count;
        } catch (IOException e) {
            return 0;
        }
    }
}
