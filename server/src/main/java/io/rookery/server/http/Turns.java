package io.rookery.server.http;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** Lets work on the same thing go one after the other, in the order in which it came; any thread, none waits. */
final class Turns {
    /** The end of each line. */
    private final Map<String, CompletableFuture<?>> last = new ConcurrentHashMap<>();

    <T> CompletableFuture<T> after(String thing, Supplier<CompletableFuture<T>> work) {
        CompletableFuture<T> mine = new CompletableFuture<>();
        CompletableFuture<?> before = last.put(thing, mine);
        if (before == null) {
            start(thing, work, mine);
        } else {
            before.whenCompleteAsync((done, failure) -> start(thing, work, mine));
        }
        return mine;
    }

    private <T> void start(String thing, Supplier<CompletableFuture<T>> work, CompletableFuture<T> mine) {
        CompletableFuture<T> working;
        try {
            working = work.get();
        } catch (RuntimeException e) {
            working = CompletableFuture.failedFuture(e);
        }
        working.whenComplete((done, failure) -> {
            last.remove(thing, mine);
            if (failure == null) {
                mine.complete(done);
            } else {
                mine.completeExceptionally(failure);
            }
        });
    }
}
