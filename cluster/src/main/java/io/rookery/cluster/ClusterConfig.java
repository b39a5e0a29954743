package io.rookery.cluster;

import java.nio.file.Path;
import java.time.Duration;

/**
 * What a node's cluster part is started with.
 *
 * @param tag node tag: A, B, C…
 * @param raft host:port that the other nodes reach this node's Raft and forwarding at
 * @param httpUrl this node's public URL; published in the topology
 * @param joining true: start without a system group and wait to be added; false: found a cluster of one when the data
 *     folder is empty. Without meaning when the data folder has a group already
 * @param electionTimeout lower bound of the election timeout; the upper bound is half as much again
 * @param blockCacheBytes shared by all shards
 * @param writeBufferBytes shared by all shards
 * @param patience with nodes that are silent
 */
public record ClusterConfig(
        String tag,
        Path data,
        String raft,
        String httpUrl,
        boolean joining,
        Duration electionTimeout,
        long blockCacheBytes,
        long writeBufferBytes,
        Patience patience) {

    public ClusterConfig(
            String tag,
            Path data,
            String raft,
            String httpUrl,
            boolean joining,
            Duration electionTimeout,
            long blockCacheBytes,
            long writeBufferBytes) {
        this(tag, data, raft, httpUrl, joining, electionTimeout, blockCacheBytes, writeBufferBytes, Patience.DEFAULT);
    }

    /**
     * @param rehab a replica of a node that is silent for so long goes to rehab
     * @param replacement a replica that is in rehab for so long is replaced on another node
     */
    public record Patience(Duration rehab, Duration replacement) {
        public static final Patience DEFAULT = new Patience(Duration.ofSeconds(60), Duration.ofMinutes(15));
    }
}
