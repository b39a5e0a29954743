package io.rookery.cluster;

import io.rookery.api.ChangeVector;
import io.rookery.api.Checkpoint;
import io.rookery.api.CommitResult;
import io.rookery.api.Document;
import io.rookery.api.DocumentDatabase;
import io.rookery.api.Entry;
import io.rookery.api.FeedPage;
import io.rookery.api.FeedRequest;
import io.rookery.api.Transaction;
import io.rookery.store.Command;
import io.rookery.store.Outcome;
import io.rookery.store.StateHash;
import io.rookery.store.StoreStatistics;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A shard as every node offers it: writes go through the leader's group commit, wherever the leader is; reads are of
 * this node's replica, behind the fence where they must be linearizable.
 */
public final class ReplicatedStore implements DocumentDatabase {
    private ReplicatedStore() {}

    /** Hands a command to the leader. Fails with OVERLOADED when no permit is free, NO_LEADER, TIMEOUT (outcome unknown). */
    public CompletableFuture<Outcome> submit(Command command) {
        throw new UnsupportedOperationException("being written");
    }

    @Override
    public CompletableFuture<CommitResult> commit(Transaction transaction) {
        throw new UnsupportedOperationException("being written");
    }

    @Override
    public CompletableFuture<Void> fence() {
        throw new UnsupportedOperationException("being written");
    }

    @Override
    public CompletableFuture<Void> applied(long index) {
        throw new UnsupportedOperationException("being written");
    }

    @Override
    public Optional<Document> document(String id) {
        throw new UnsupportedOperationException("being written");
    }

    @Override
    public List<Optional<Document>> documents(List<String> ids) {
        throw new UnsupportedOperationException("being written");
    }

    @Override
    public Optional<byte[]> entry(String key) {
        throw new UnsupportedOperationException("being written");
    }

    @Override
    public List<Entry> entries(String prefix, String after, int limit) {
        throw new UnsupportedOperationException("being written");
    }

    @Override
    public List<Document> documentsFrom(String prefix, String after, int limit) {
        throw new UnsupportedOperationException("being written");
    }

    @Override
    public Checkpoint checkpoint(String task) {
        throw new UnsupportedOperationException("being written");
    }

    @Override
    public FeedPage read(FeedRequest request) {
        throw new UnsupportedOperationException("being written");
    }

    @Override
    public CompletableFuture<Long> beyond(long sequence) {
        throw new UnsupportedOperationException("being written");
    }

    /** Hash at exactly that applied index, waiting until it is applied here. */
    public CompletableFuture<StateHash> stateHash(long index) {
        throw new UnsupportedOperationException("being written");
    }

    public StoreStatistics statistics() {
        throw new UnsupportedOperationException("being written");
    }

    /** Role, leader, term, applied index and, on the leader, each peer's lag. */
    public ShardStatus status() {
        throw new UnsupportedOperationException("being written");
    }

    /** {@link ChangeVector#tag()} of this shard. */
    public String tag() {
        throw new UnsupportedOperationException("being written");
    }
}
