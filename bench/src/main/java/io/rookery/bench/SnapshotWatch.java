package io.rookery.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
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
    private volatile boolean underWay;
    private volatile boolean closed;

    /** Watches all shards that are in these data folders now. */
    static SnapshotWatch start(List<Path> nodes) throws IOException {
        SnapshotWatch watch = new SnapshotWatch();
        for (Path node : nodes) {
            try (Stream<Path> folders = Files.walk(node)) {
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
                    end(began, i);
                }
            }
            underWay = Arrays.stream(began).anyMatch(at -> at != 0);
            LockSupport.parkNanos(INTERVAL);
        }
        for (int i = 0; i < began.length; i++) {
            if (began[i] != 0) {
                end(began, i); // as far as it went
            }
        }
    }

    private void end(long[] began, int place) {
        seen.add(new Timings.Span(began[place], System.nanoTime()));
        count = seen.size();
        began[place] = 0;
    }

    /** How many were seen to their end. */
    int count() {
        return count;
    }

    boolean isOneUnderWay() {
        return underWay;
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
