package io.rookery.cluster;

import io.rookery.api.CommitResult;
import io.rookery.api.Transaction;
import io.rookery.store.Command;
import io.rookery.store.Outcome;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/**
 * A shard as any node of the cluster can use it: by the node's own replica, by asking a node that has one, or as it comes.
 * All give the same answers and the same failures.
 */
public sealed interface ShardAccess permits ReplicatedStore, RemoteShard, AnyShard {
    /** Its number in the database. */
    int number();

    /** Its {@link io.rookery.api.ChangeVector#tag()}. */
    String tag();

    /** Its Raft group. */
    UUID group();

    /** Tags of the nodes that vote, as far as this node knows. */
    List<String> members();

    /** Hands a command to the leader; see {@link ReplicatedStore#submit}. */
    CompletableFuture<Outcome> submit(Command command);

    /** See {@link io.rookery.api.DocumentWriter#commit}. */
    CompletableFuture<CommitResult> commit(Transaction transaction);

    /** Asks when a replica is as new as wanted; {@code question} says what. */
    <T> CompletableFuture<ShardAnswer<T>> ask(Consistency consistency, ShardQuestion<T> question);

    /** Newest sequence number as soon as there is one beyond {@code sequence}, or {@code sequence} after the time. */
    CompletableFuture<Long> beyond(long sequence, long millis);
}
