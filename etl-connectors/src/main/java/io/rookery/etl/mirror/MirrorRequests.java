package io.rookery.etl.mirror;

import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;

/** What operators asked of a mirror and still wait for. Safe for many threads. */
final class MirrorRequests {
    private final Queue<Request<?>> waiting = new ConcurrentLinkedQueue<>();

    private record Request<T>(Function<Mirror, T> action, CompletableFuture<T> result) {
        /** A failed action may have left the mirror unlike what is stored. */
        boolean run(Mirror mirror) {
            try {
                result.complete(action.apply(mirror));
                return true;
            } catch (RuntimeException e) {
                result.completeExceptionally(e);
                return false;
            }
        }
    }

    <T> CompletableFuture<T> add(Function<Mirror, T> action) {
        CompletableFuture<T> result = new CompletableFuture<>();
        waiting.add(new Request<>(action, result));
        return result;
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** Does what waits, until one fails; false when the mirror must be thrown away. */
    boolean serve(Mirror mirror) {
        for (Request<?> request = waiting.poll(); request != null; request = waiting.poll()) {
            if (!request.run(mirror)) {
                return false;
            }
        }
        return true;
    }

    /** What waits will not be done. */
    void fail(RuntimeException reason) {
        for (Request<?> request = waiting.poll(); request != null; request = waiting.poll()) {
            request.result().completeExceptionally(reason);
        }
    }

    static RookeryException ended(String unit) {
        return new RookeryException(ErrorCode.UNAVAILABLE, "The unit " + unit + " has ended here");
    }
}
