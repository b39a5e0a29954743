package io.rookery.cluster;

import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import io.rookery.cluster.wire.CommandCodec;
import io.rookery.cluster.wire.Failures;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * Lets commands that wait together go together: when a slot is free it sends everything that is queued, up to a limit.
 * There is no timer; the load makes the size. Bounded in commands and bytes: beyond that, OVERLOADED at once.
 */
final class GroupCommit {
    private static final int BATCH_COMMANDS = 256;
    private static final int BATCH_BYTES = 512 << 10;
    private static final int MOST_COMMANDS = 8_192;
    /** Room for three commands of the greatest size. */
    private static final long MOST_BYTES = 3L * CommandCodec.MAX_BYTES;

    private static final int SLOTS = 2;
    /** Two more slots when so many wait: fewer slots make better batches, more slots hide the round trip. */
    private static final int SLOTS_UNDER_LOAD = 4;

    private static final int LOAD = 64;

    private final Function<List<byte[]>, CompletableFuture<List<Result>>> sender;
    private final Executor executor;
    private final ConcurrentLinkedQueue<Waiting> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger queued = new AtomicInteger();
    private final AtomicInteger held = new AtomicInteger();
    private final AtomicLong heldBytes = new AtomicLong();
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicBoolean pumping = new AtomicBoolean();

    private record Waiting(byte[] command, CompletableFuture<byte[]> outcome) {}

    /** What became of one command: its outcome, or why there is none. */
    record Result(byte[] outcome, Throwable failure) {}

    /** @param sender sends a batch; gives as many results as commands, or fails for all of them */
    GroupCommit(Function<List<byte[]>, CompletableFuture<List<Result>>> sender, Executor executor) {
        this.sender = sender;
        this.executor = executor;
    }

    CompletableFuture<byte[]> submit(byte[] command) {
        int commands = held.incrementAndGet();
        long bytes = heldBytes.addAndGet(command.length);
        if (commands > MOST_COMMANDS || bytes > MOST_BYTES) {
            release(command);
            return CompletableFuture.failedFuture(new RookeryException(
                    ErrorCode.OVERLOADED, "More than " + MOST_COMMANDS + " writes or " + MOST_BYTES + " bytes wait"));
        }
        Waiting waiting = new Waiting(command, new CompletableFuture<>());
        queue.add(waiting);
        queued.incrementAndGet();
        wake();
        return waiting.outcome();
    }

    private void release(byte[] command) {
        held.decrementAndGet();
        heldBytes.addAndGet(-command.length);
    }

    private void wake() {
        if (queued.get() > 0 && hasSlot() && pumping.compareAndSet(false, true)) {
            executor.execute(this::pump);
        }
    }

    private boolean hasSlot() {
        return inFlight.get() < (queued.get() >= LOAD ? SLOTS_UNDER_LOAD : SLOTS);
    }

    private void pump() {
        try {
            while (queued.get() > 0 && hasSlot()) {
                send(take());
            }
        } finally {
            pumping.set(false);
        }
        wake(); // somebody may have come or finished while the flag was still up
    }

    private List<Waiting> take() {
        List<Waiting> batch = new ArrayList<>();
        int bytes = 0;
        for (Waiting next = queue.peek(); next != null && batch.size() < BATCH_COMMANDS; next = queue.peek()) {
            if (!batch.isEmpty() && bytes + next.command().length > BATCH_BYTES) {
                break; // a command over the limit goes alone
            }
            batch.add(queue.poll());
            bytes += next.command().length;
        }
        queued.addAndGet(-batch.size());
        return batch;
    }

    private void send(List<Waiting> batch) {
        if (batch.isEmpty()) {
            return;
        }
        inFlight.incrementAndGet();
        CompletableFuture<List<Result>> results;
        try {
            results = sender.apply(batch.stream().map(Waiting::command).toList());
        } catch (RuntimeException e) {
            results = CompletableFuture.failedFuture(e);
        }
        results.whenComplete((done, failure) -> {
            inFlight.decrementAndGet();
            for (Waiting waiting : batch) {
                release(waiting.command());
            }
            wake();
            for (int i = 0; i < batch.size(); i++) {
                Result result = failure == null ? done.get(i) : new Result(null, Failures.unwrap(failure));
                if (result.failure() == null) {
                    batch.get(i).outcome().complete(result.outcome());
                } else {
                    batch.get(i).outcome().completeExceptionally(result.failure());
                }
            }
        });
    }
}
