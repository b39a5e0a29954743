package io.rookery.api;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Reads of this node's replica of one shard. Call {@link #fence()} first where a stale answer would be wrong. */
public interface DocumentReader {
    /** Completes when local reads see every write that was acknowledged anywhere before the call. */
    CompletableFuture<Void> fence();

    /** Completes when this node has applied the log up to {@code index} (see {@link CommitResult#index()}). */
    CompletableFuture<Void> applied(long index);

    Optional<Document> document(String id);

    /** As many results as ids, in their order. */
    List<Optional<Document>> documents(List<String> ids);

    Optional<byte[]> entry(String key);

    /** Entries whose key starts with {@code prefix} and is greater than {@code after} (null: from the first), in order. */
    List<Entry> entries(String prefix, String after, int limit);

    /** Documents whose id starts with {@code prefix} and is greater than {@code after} (null: from the first), in order. */
    List<Document> documentsFrom(String prefix, String after, int limit);

    /** A task's delivered place as the shard knows it; {@link Checkpoint#NONE} when it has none. */
    Checkpoint checkpoint(String task);
}
