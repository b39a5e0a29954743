package io.rookery.server.http;

import io.rookery.api.ChangeVector;
import io.rookery.api.CommitResult;
import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import io.rookery.api.Transaction;
import io.rookery.api.Write;
import io.rookery.cluster.ShardedDatabase;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/**
 * A put of the next document of an identity in a database with several shards: the number is taken on the identity's
 * shard, then the document is put where its id belongs, if there is none. A number may be lost, none is used twice.
 *
 * @param key null, or the request's Idempotency-Key: the same number is taken again, and the same document answered
 */
record NumberedPut(ShardedDatabase database, Write.PutNumbered put, String key, Clock clock) {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);
    /** Before the key of a request: no header can hold it, so no request is taken for another. */
    private static final char NUMBER_OF = '\u0001';

    record Stored(String id, CommitResult result) {}

    CompletableFuture<Stored> store() {
        return store(System.nanoTime() + PATIENCE_NANOS);
    }

    private CompletableFuture<Stored> store(long deadline) {
        Write take = new Write.TakeNumber(put.prefix());
        return database.of(put.prefix())
                .commit(transaction(take, key == null ? null : NUMBER_OF + key))
                .thenApply(taken -> DocsResource.requireNumber(DocsResource.requireWrites(taken, 1), 0))
                .thenCompose(taken -> {
                    String id = put.prefix() + taken.number(0);
                    Write write = new Write.PutDocument(id, put.collection(), put.body(), ChangeVector.NONE, put.due());
                    return database.of(id)
                            .commit(transaction(write, key))
                            .thenApply(result -> stored(id, DocsResource.requireWrites(result, 1)))
                            .exceptionallyCompose(failure -> refused(id, failure, deadline));
                });
    }

    /** A repetition of what was put when the database was one shard: its number came with it. */
    private Stored stored(String id, CommitResult result) {
        boolean numbered = result.repeated() && result.number(0) > 0;
        return new Stored(numbered ? put.prefix() + result.number(0) : id, result);
    }

    private Transaction transaction(Write write, String idempotencyKey) {
        return new Transaction(List.of(), List.of(write), idempotencyKey, null, clock.millis());
    }

    /** The next number for who has no key. With one the request stays that of its number: the client decides. */
    private CompletableFuture<Stored> refused(String id, Throwable failure, long deadline) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (!(cause instanceof RookeryException known) || known.code() != ErrorCode.CONFLICT) {
            return CompletableFuture.failedFuture(cause);
        }
        if (key == null && System.nanoTime() - deadline < 0) {
            return store(deadline);
        }
        return CompletableFuture.failedFuture(new RookeryException(
                ErrorCode.CONFLICT,
                "Expected no document " + id + " but found one, put by that id; seed the identity " + put.prefix()
                        + " beyond such ids, and send the request again with another Idempotency-Key",
                cause));
    }
}
