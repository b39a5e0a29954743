package io.rookery.bench;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/** Keeps a number of operations under way: a new one begins when one is done. */
record ClosedLoop(int outstanding, Supplier<CompletableFuture<?>> operation) {
    private static final long PATIENCE_SECONDS = 30;

    /** Operations completed a second; waits for the last ones, which count with the time that they take. */
    double perSecond(Duration duration) throws InterruptedException {
        Semaphore permits = new Semaphore(outstanding);
        LongAdder done = new LongAdder();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        long start = System.nanoTime();
        while (System.nanoTime() - start < duration.toNanos() && failure.get() == null) {
            acquire(permits, 1);
            operation.get().whenComplete((answer, error) -> {
                if (error == null) {
                    done.increment();
                } else {
                    failure.compareAndSet(null, error);
                }
                permits.release();
            });
        }
        acquire(permits, outstanding);
        if (failure.get() != null) {
            throw new IllegalStateException("An operation failed: " + failure.get(), failure.get());
        }
        return done.sum() * 1e9 / (System.nanoTime() - start);
    }

    private static void acquire(Semaphore permits, int count) throws InterruptedException {
        if (!permits.tryAcquire(count, PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException("No operation was done for " + PATIENCE_SECONDS + " s");
        }
    }
}
