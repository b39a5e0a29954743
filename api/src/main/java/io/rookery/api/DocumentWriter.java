package io.rookery.api;

import java.util.concurrent.CompletableFuture;

/** Writes to one shard, from any node. */
public interface DocumentWriter {
    /**
     * Completes when the transaction is on the disks of a majority and applied. Fails with {@link RookeryException}:
     * CONFLICT and FENCED did not take effect; see {@link RookeryException#outcomeKnown()} for the others.
     */
    CompletableFuture<CommitResult> commit(Transaction transaction);
}
