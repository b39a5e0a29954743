package io.rookery.server.tasks;

import io.rookery.api.CommitResult;
import io.rookery.api.Document;
import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import io.rookery.api.Transaction;
import io.rookery.cluster.ClusterNode;
import io.rookery.cluster.Consistency;
import io.rookery.cluster.ShardAccess;
import io.rookery.cluster.ShardAnswer;
import io.rookery.cluster.ShardQuestion;
import io.rookery.cluster.ShardedDatabase;
import io.rookery.etl.mirror.OtherShards;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The shards of a database of the cluster as they are now, wherever they are. */
record DatabaseShards(ClusterNode node, String name, int home) implements OtherShards {
    private ShardedDatabase database() {
        return node.database(name)
                .orElseThrow(
                        () -> new RookeryException(ErrorCode.DATABASE_MISSING, "There is no database '" + name + "'"));
    }

    @Override
    public int shardOf(String id) {
        return database().of(id).number();
    }

    @Override
    public CompletableFuture<List<Optional<Document>>> documents(List<String> ids) {
        return database().documents(Consistency.LINEARIZABLE, ids).thenApply(ShardAnswer::value);
    }

    @Override
    public CompletableFuture<List<Document>> documentsFrom(String prefix, String after, int limit) {
        return database()
                .documentsFrom(Consistency.LINEARIZABLE, new ShardQuestion.DocumentsFrom(prefix, after, limit))
                .thenApply(ShardAnswer::value);
    }

    @Override
    public CompletableFuture<Optional<byte[]>> entry(int shard, String key) {
        return shard(shard)
                .ask(Consistency.LINEARIZABLE, new ShardQuestion.Entries(List.of(key)))
                .thenApply(found -> found.value().get(0));
    }

    @Override
    public CompletableFuture<CommitResult> commit(int shard, Transaction transaction) {
        return shard(shard).commit(transaction);
    }

    private ShardAccess shard(int number) {
        return database().shard(number);
    }
}
