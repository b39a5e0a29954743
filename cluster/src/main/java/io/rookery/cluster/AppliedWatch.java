package io.rookery.cluster;

import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import io.rookery.cluster.wire.WireReader;
import io.rookery.cluster.wire.WireWriter;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/** Finds out how many members of a shard have applied an index, by asking each; for writes that want more than a majority. */
final class AppliedWatch {
    private static final String APPLIED = "@applied";
    /** A member that cannot be reached is asked again: it may come back in time. */
    private static final long PAUSE_MILLIS = 200;

    private final NodeContext node;

    AppliedWatch(NodeContext node, Shards shards) {
        this.node = node;
        node.peers().handle(APPLIED, question -> answer(shards, question));
    }

    private static CompletableFuture<byte[]> answer(Shards shards, byte[] question) {
        WireReader in = new WireReader(question);
        UUID group = UUID.fromString(in.text());
        long index = in.number();
        long millis = in.number();
        return shards.find(group)
                .orElseThrow(
                        () -> new RookeryException(ErrorCode.UNAVAILABLE, "There is no replica of " + group + " here"))
                .applied(index)
                .orTimeout(millis, TimeUnit.MILLISECONDS)
                .thenApply(reached -> new byte[0]);
    }

    /** Completes as soon as {@code wanted} members have applied the index, or after the time, with how many had. */
    CompletableFuture<Integer> count(ShardAccess store, long index, int wanted, long millis) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        AtomicInteger reached = new AtomicInteger();
        CompletableFuture<Void> enough = new CompletableFuture<>();
        for (String tag : store.members()) {
            ask(tag, store, index, deadline).thenRun(() -> {
                if (reached.incrementAndGet() == wanted) {
                    enough.complete(null);
                }
            });
        }
        return enough.orTimeout(millis, TimeUnit.MILLISECONDS).handle((done, failure) -> {
            if (failure == null || failure instanceof TimeoutException) {
                return reached.get();
            }
            throw new CompletionException(failure);
        });
    }

    private CompletableFuture<byte[]> ask(String tag, ShardAccess store, long index, long deadline) {
        long millis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        if (millis <= 0) {
            return CompletableFuture.failedFuture(new TimeoutException());
        }
        byte[] question = new WireWriter(64)
                .text(store.group().toString())
                .number(index)
                .number(millis)
                .toBytes();
        return node.peers()
                .ask(tag, APPLIED, question, millis)
                .exceptionallyCompose(failure -> CompletableFuture.supplyAsync(
                                () -> tag, node.threads().later(PAUSE_MILLIS))
                        .thenCompose(again -> ask(again, store, index, deadline)));
    }
}
