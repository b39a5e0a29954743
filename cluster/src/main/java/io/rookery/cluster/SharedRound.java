package io.rookery.cluster;

import io.rookery.cluster.wire.Failures;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * One question for all who wait: who joins is served by the first round that starts after it came. At most one round
 * runs at a time.
 */
final class SharedRound<T> {
    private final Supplier<CompletableFuture<T>> question;
    private CompletableFuture<T> next;
    private boolean running;

    SharedRound(Supplier<CompletableFuture<T>> question) {
        this.question = question;
    }

    CompletableFuture<T> join() {
        CompletableFuture<T> mine;
        boolean start;
        synchronized (this) {
            if (next == null) {
                next = new CompletableFuture<>();
            }
            mine = next;
            start = !running;
            running = true;
        }
        if (start) {
            run();
        }
        return mine.copy();
    }

    private void run() {
        CompletableFuture<T> round;
        synchronized (this) {
            round = next;
            next = null;
            if (round == null) {
                running = false;
                return;
            }
        }
        CompletableFuture<T> answer;
        try {
            answer = question.get();
        } catch (RuntimeException e) {
            answer = CompletableFuture.failedFuture(e);
        }
        answer.whenComplete((value, failure) -> {
            if (failure == null) {
                round.complete(value);
            } else {
                round.completeExceptionally(Failures.unwrap(failure));
            }
            run();
        });
    }
}
