package io.rookery.bench;

import io.rookery.server.process.ServerProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * A node with many documents is killed and started again: from the start of the process to its first linearizable read,
 * and to its first accepted write.
 */
final class RestartMeasure implements Measure {
    private static final Duration PATIENCE = Duration.ofMinutes(15);
    private static final double TARGET = 10;

    @Override
    public String name() {
        return "restart";
    }

    @Override
    public List<Result> run(Session session) throws Exception {
        int documents = session.pace().backlog();
        try (Cluster cluster = Cluster.start(session.folder("restart"), 1)) {
            ServerProcess node = cluster.database("bench");
            Cluster.fill(node, 0, documents);
            List<Double> reads = new ArrayList<>();
            List<Double> writes = new ArrayList<>();
            for (int round = 0; round < session.pace().rounds(); round++) {
                Cluster.fill(node, 0, 1_000); // never just after a flush
                node.kill();
                long start = System.nanoTime();
                node.start();
                Lap.await(() -> answers(() -> read(node, documents - 1)), PATIENCE);
                reads.add((System.nanoTime() - start) / 1e9);
                Lap.await(() -> answers(() -> write(node)), PATIENCE);
                writes.add((System.nanoTime() - start) / 1e9);
            }
            session.tell("  to the first read, s: %s; to the first write: %s", reads, writes);
            return List.of(
                    Result.atMost("restart-with-" + documents + "-to-read", Duel.median(reads), "s", TARGET),
                    Result.atMost("restart-with-" + documents, Duel.median(writes), "s", TARGET));
        }
    }

    private static Object read(ServerProcess node, int number) throws Exception {
        return Cluster.send(node, "GET", "/databases/bench/docs?id=" + Payload.id(number), "");
    }

    private static Object write(ServerProcess node) throws Exception {
        return Cluster.send(node, "PUT", "/databases/bench/docs?id=items%2F0", HttpWrites.document(0));
    }

    private static boolean answers(Callable<Object> request) throws Exception {
        try {
            request.call();
            return true;
        } catch (IOException e) {
            return false; // not yet
        }
    }
}
