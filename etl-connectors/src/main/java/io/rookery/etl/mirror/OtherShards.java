package io.rookery.etl.mirror;

import io.rookery.api.CommitResult;
import io.rookery.api.Document;
import io.rookery.api.Transaction;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A database's shards as a unit in one of them sees them, wherever they are. Reads see all that was acknowledged. */
public interface OtherShards {
    /** Number of the unit's own shard. */
    int home();

    /** Number of the shard that a document belongs to. */
    int shardOf(String id);

    /** As many results as ids, in their order. */
    CompletableFuture<List<Optional<Document>>> documents(List<String> ids);

    /** Of all shards, as {@link io.rookery.api.DocumentReader#documentsFrom}. */
    CompletableFuture<List<Document>> documentsFrom(String prefix, String after, int limit);

    CompletableFuture<Optional<byte[]>> entry(int shard, String key);

    CompletableFuture<CommitResult> commit(int shard, Transaction transaction);
}
