package io.rookery.cluster;

import io.rookery.cluster.disk.Disk;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.ratis.server.RaftServer;

/**
 * What the parts of a node share.
 *
 * @param server set once, before anything runs
 * @param disk the volume of the node's data
 * @param electionNanos lower bound of the election timeout
 * @param room for log entries
 * @param level what may be written into logs
 */
record NodeContext(
        String tag,
        AtomicReference<RaftServer> server,
        Peers peers,
        Disk disk,
        Threads threads,
        Tuning tuning,
        long electionNanos,
        EntryRoom room,
        FeatureLevel level,
        ClusterConfig.Patience patience) {}
