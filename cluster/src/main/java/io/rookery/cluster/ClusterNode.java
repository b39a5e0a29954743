package io.rookery.cluster;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * One node: its Raft server, its shards, the way to the other nodes. The cluster's own state (nodes, databases, tasks,
 * connections, assignments) are the documents of the system shard, so it is written, read and followed as any other.
 */
public final class ClusterNode implements AutoCloseable {
    public static ClusterNode start(ClusterConfig config) {
        throw new UnsupportedOperationException("being written");
    }

    public String tag() {
        throw new UnsupportedOperationException("being written");
    }

    /** The cluster's id, made when it was founded; empty until this node is part of one. */
    public Optional<String> clusterId() {
        throw new UnsupportedOperationException("being written");
    }

    /** The system shard; its documents are described in {@link Topology}. */
    public ReplicatedStore system() {
        throw new UnsupportedOperationException("being written");
    }

    /** This node's replica of a database's shard; empty when it has none. */
    public Optional<ReplicatedStore> shard(String database, int shard) {
        throw new UnsupportedOperationException("being written");
    }

    /** What this node knows of the cluster, from its replica of the system shard. */
    public Topology topology() {
        throw new UnsupportedOperationException("being written");
    }

    /** Adds a node that was started with {@code joining}; completes when it votes. Any node takes the call. */
    public CompletableFuture<Void> addNode(Topology.Node node) {
        throw new UnsupportedOperationException("being written");
    }

    /** Removes a node from every group and from the topology. */
    public CompletableFuture<Void> removeNode(String tag) {
        throw new UnsupportedOperationException("being written");
    }

    /** @param replicas wished number; the database has as many as there are nodes until then, and grows when nodes join */
    public CompletableFuture<Void> createDatabase(String name, int replicas) {
        throw new UnsupportedOperationException("being written");
    }

    public CompletableFuture<Void> deleteDatabase(String name) {
        throw new UnsupportedOperationException("being written");
    }

    public NodeMessenger messenger() {
        throw new UnsupportedOperationException("being written");
    }

    @Override
    public void close() {}
}
