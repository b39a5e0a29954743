package io.rookery.cluster;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * A node's own threads: few, shared by all its shards.
 *
 * @param completions completes what callers wait for; whoever attaches work to it must not block there
 * @param pump sends batches
 * @param background flushes and checkpoints, one at a time: they compete for one disk
 * @param timer for delays; never blocks
 */
record Threads(
        ExecutorService completions, ExecutorService pump, ExecutorService background, ScheduledExecutorService timer)
        implements AutoCloseable {

    static Threads start(String tag) {
        return new Threads(
                Executors.newFixedThreadPool(4, named(tag + "-complete")),
                Executors.newFixedThreadPool(2, named(tag + "-commit")),
                Executors.newFixedThreadPool(1, named(tag + "-checkpoint")),
                Executors.newScheduledThreadPool(1, named(tag + "-timer")));
    }

    static ThreadFactory named(String name) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, "rookery-" + name + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    Executor later(long millis) {
        return CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS, completions);
    }

    /** Completes when the condition holds, looked at ten times a second; with false when it did not in time. */
    CompletableFuture<Boolean> until(long millis, BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        return until(condition, deadline);
    }

    private CompletableFuture<Boolean> until(BooleanSupplier condition, long deadline) {
        return CompletableFuture.supplyAsync(condition::getAsBoolean, later(100))
                .thenCompose(holds -> {
                    if (holds || System.nanoTime() - deadline > 0) {
                        return CompletableFuture.completedFuture(holds);
                    }
                    return until(condition, deadline);
                });
    }

    @Override
    public void close() {
        timer.shutdownNow();
        pump.shutdown();
        background.shutdown();
        try {
            // a flush in progress must not meet a closed store
            background.awaitTermination(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        completions.shutdown();
    }
}
