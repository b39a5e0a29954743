package io.rookery.cluster;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Waiting for a number that grows: an applied index, a sequence number. The thread that makes it grow only signals; the
 * futures are completed by the executor.
 */
final class Milestones {
    private final ConcurrentSkipListMap<Long, CompletableFuture<Long>> waiting = new ConcurrentSkipListMap<>();
    private final AtomicBoolean signalled = new AtomicBoolean();
    private final Executor executor;
    private volatile long reached;

    Milestones(Executor executor) {
        this.executor = executor;
    }

    /** Completes with the place that was reached, {@code target} or beyond. */
    CompletableFuture<Long> at(long target) {
        if (reached >= target) {
            return CompletableFuture.completedFuture(reached);
        }
        CompletableFuture<Long> shared = waiting.computeIfAbsent(target, key -> new CompletableFuture<>());
        signalIf(reached >= target); // it may have been passed between the look and the entry
        return shared.copy();
    }

    void reached(long place) {
        reached = place;
        signalIf(!waiting.isEmpty());
    }

    long reached() {
        return reached;
    }

    /** Ends all waiting; what is asked later waits until the next signal. */
    void fail(Throwable reason) {
        waiting.forEach((target, future) -> {
            waiting.remove(target, future);
            future.completeExceptionally(reason);
        });
    }

    private void signalIf(boolean wanted) {
        if (wanted && signalled.compareAndSet(false, true)) {
            executor.execute(this::complete);
        }
    }

    private void complete() {
        signalled.set(false);
        long place = reached;
        Map.Entry<Long, CompletableFuture<Long>> first;
        while ((first = waiting.firstEntry()) != null && first.getKey() <= place) {
            // removed before completed: who asks for this place from now on finds it reached
            if (waiting.remove(first.getKey(), first.getValue())) {
                first.getValue().complete(place);
            }
        }
    }
}
