package io.rookery.bench;

import io.rookery.server.process.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** Looks from outside when nodes take snapshots: a folder is there as long as one is being taken. */
final class SnapshotWatch implements AutoCloseable {
    private static final String TAKING = "taking";
    private static final long INTERVAL = TimeUnit.MILLISECONDS.toNanos(5);

    private final List<Path> places = new ArrayList<>();
    private final List<Timings.Span> seen = new ArrayList<>();
    private final Thread thread = new Thread(this::run, "snapshot-watch");
    private volatile int count;
    private volatile boolean closed;

    /** Watches all shards that these nodes have now. */
    static SnapshotWatch start(List<ServerProcess> nodes) throws IOException {
        SnapshotWatch watch = new SnapshotWatch();
        for (ServerProcess node : nodes) {
            try (Stream<Path> folders = Files.walk(node.settings().data())) {
                folders.filter(folder -> folder.endsWith("sm"))
                        .forEach(folder -> watch.places.add(folder.resolve(TAKING)));
            }
        }
        watch.thread.setDaemon(true);
        watch.thread.start();
        return watch;
    }

    private void run() {
        long[] began = new long[places.size()];
        while (!closed) {
            for (int i = 0; i < began.length; i++) {
                boolean taking = Files.exists(places.get(i));
                if (taking && began[i] == 0) {
                    began[i] = System.nanoTime();
                } else if (!taking && began[i] != 0) {
                    seen.add(new Timings.Span(began[i], System.nanoTime()));
                    count = seen.size();
                    began[i] = 0;
                }
            }
            LockSupport.parkNanos(INTERVAL);
        }
    }

    /** How many were seen to their end. */
    int count() {
        return count;
    }

    /** Ends the watch. */
    List<Timings.Span> seen() throws InterruptedException {
        close();
        thread.join();
        return seen;
    }

    @Override
    public void close() {
        closed = true;
    }
}
