package io.rookery.cluster;

import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import io.rookery.cluster.topology.Topology;
import io.rookery.cluster.wire.Failures;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Lets who met a split in the middle wait for its end, which this node's replica of the system shard tells, and try again. */
final class SlotMoves {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final long PAUSE_MILLIS = 20;
    /** Then it is tried again although nothing new is known. */
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Threads threads;
    private final Supplier<Topology.Database> database;

    SlotMoves(Threads threads, Supplier<Topology.Database> database) {
        this.threads = threads;
        this.database = database;
    }

    <T> CompletableFuture<T> follow(Supplier<CompletableFuture<T>> attempt) {
        return follow(attempt, System.nanoTime() + PATIENCE_NANOS);
    }

    private <T> CompletableFuture<T> follow(Supplier<CompletableFuture<T>> attempt, long deadline) {
        int known = divisions();
        return attempted(attempt).exceptionallyCompose(failure -> {
            Throwable cause = Failures.unwrap(failure);
            boolean moved = cause instanceof RookeryException refused && refused.code() == ErrorCode.SLOTS_MOVED;
            return moved && System.nanoTime() - deadline < 0
                    ? news(known, System.nanoTime() + LONGEST_PAUSE_NANOS)
                            .thenCompose(news -> follow(attempt, deadline))
                    : CompletableFuture.failedFuture(cause);
        });
    }

    private static <T> CompletableFuture<T> attempted(Supplier<CompletableFuture<T>> attempt) {
        try {
            return attempt.get();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private CompletableFuture<Void> news(int known, long deadline) {
        return CompletableFuture.runAsync(() -> {}, threads.later(PAUSE_MILLIS))
                .thenCompose(pause -> divisions() != known || System.nanoTime() - deadline > 0
                        ? CompletableFuture.completedFuture(null)
                        : news(known, deadline));
    }

    private int divisions() {
        Topology.Database found = database.get();
        return found == null ? -1 : found.divisions().size();
    }
}
