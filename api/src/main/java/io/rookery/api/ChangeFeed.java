package io.rookery.api;

import java.util.concurrent.CompletableFuture;

/**
 * The changes of one shard, read from this node's storage: committed ones only, none skipped, one document's never out
 * of order. A place is good on every node.
 */
public interface ChangeFeed {
    /** @throws RookeryException GONE when tombstones behind {@code after} were already removed; it names the oldest place */
    FeedPage read(FeedRequest request);

    /** Completes when this node has a change beyond {@code sequence}; the value is the newest sequence number. */
    CompletableFuture<Long> beyond(long sequence);
}
