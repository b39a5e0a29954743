package io.rookery.cluster;

import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Questions between nodes over the cluster's own connection: what a task's owner knows, for example. */
public interface NodeMessenger {
    /** Answers questions of this kind that other nodes, or this one, ask. */
    void handle(String kind, Function<byte[], CompletableFuture<byte[]>> handler);

    /** Fails with UNAVAILABLE when the node cannot be reached; a RookeryException of the handler comes back as one. */
    CompletableFuture<byte[]> ask(String node, String kind, byte[] question);
}
