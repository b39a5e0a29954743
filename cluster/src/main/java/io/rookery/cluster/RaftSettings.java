package io.rookery.cluster;

import io.rookery.cluster.disk.FullDiskGuard;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.RaftConfigKeys;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.grpc.server.GrpcServices;
import org.apache.ratis.rpc.SupportedRpcType;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/** Ratis's settings, each with its reason where it is not the default. */
public final class RaftSettings {
    private static final String NETTY = "org.apache.ratis.thirdparty.io.netty.allocator.";

    private RaftSettings() {}

    /** What a node of a new cluster runs with; the benchmark gives the same to the Ratis that it compares with. */
    public static RaftProperties properties(ClusterConfig config) {
        RaftProperties properties = properties(config, Tuning.PRODUCTION);
        EntryRoom.set(properties, true);
        return properties;
    }

    static RaftProperties properties(ClusterConfig config, NodeContext node) {
        RaftProperties properties = properties(config, node.tuning());
        node.room().applyTo(properties);
        return properties;
    }

    private static RaftProperties properties(ClusterConfig config, Tuning tuning) {
        RaftProperties properties = new RaftProperties();
        RaftConfigKeys.Rpc.setType(properties, SupportedRpcType.GRPC);
        RaftServerConfigKeys.setStorageDir(
                properties, List.of(raftFolder(config.data()).toFile()));
        RaftServerConfigKeys.setRemovedGroupsDir(
                properties, removedFolder(config.data()).toFile());
        timeouts(properties, config.electionTimeout());
        // our own fence guards reads; Ratis's reads are asked for only to make it send heartbeats
        RaftServerConfigKeys.Read.setOption(properties, RaftServerConfigKeys.Read.Option.LINEARIZABLE);
        log(properties, tuning);
        snapshots(properties);
        threads(properties);
        InetSocketAddress address = Peers.socketAddress(config.raft());
        GrpcConfigKeys.Server.setHost(properties, address.getHostString());
        GrpcConfigKeys.Server.setPort(properties, address.getPort());
        GrpcConfigKeys.setMessageSizeMax(properties, SizeInBytes.valueOf(Peers.MOST_BYTES));
        return properties;
    }

    /** Where Ratis moves the log of a group that is removed and not deleted. */
    static Path removedFolder(Path data) {
        return data.resolve("removed");
    }

    static Path raftFolder(Path data) {
        return data.resolve("raft");
    }

    /** Our own service goes onto Ratis's server: one port between two nodes. */
    static Parameters parameters(NodeContext node) {
        Parameters parameters = new Parameters();
        GrpcConfigKeys.Server.setServicesCustomizer(
                parameters,
                (builder, types) -> types.contains(GrpcServices.Type.SERVER)
                        ? builder.addService(node.peers().service())
                                .intercept(new FullDiskGuard(node.disk(), node.room()::takes))
                        : builder);
        return parameters;
    }

    private static void timeouts(RaftProperties properties, Duration election) {
        long millis = election.toMillis();
        RaftServerConfigKeys.Rpc.setTimeoutMin(properties, millis(millis));
        RaftServerConfigKeys.Rpc.setTimeoutMax(properties, millis(millis * 3 / 2));
        RaftServerConfigKeys.Rpc.setRequestTimeout(properties, millis(Math.max(5_000, millis * 5)));
        RaftServerConfigKeys.Rpc.setSlownessTimeout(properties, millis(60_000));
        // who alone may lead, as in a change of the members, and lost them for a moment, would leave the group without
        // one for 10 s
        RaftServerConfigKeys.LeaderElection.setLeaderStepDownWaitTime(properties, millis(millis * 3));
        // replies are told to be forgotten with the next request; followers forget by time
        RaftServerConfigKeys.RetryCache.setExpiryTime(properties, millis(15_000));
    }

    private static void log(RaftProperties properties, Tuning tuning) {
        RaftServerConfigKeys.Log.setCorruptionPolicy(properties, RaftServerConfigKeys.Log.CorruptionPolicy.EXCEPTION);
        // otherwise an entry of its own, with an fsync, after each commit
        RaftServerConfigKeys.Log.setLogMetadataEnabled(properties, false);
        // one thread hop less for each entry
        RaftServerConfigKeys.Log.setAppendEntriesComposeEnabled(properties, false);
        RaftServerConfigKeys.Log.setSegmentSizeMax(properties, SizeInBytes.valueOf(tuning.segmentBytes()));
        RaftServerConfigKeys.Log.setPreallocatedSize(
                properties, SizeInBytes.valueOf(Math.min(256 << 10, tuning.segmentBytes())));
        // segments are cached on the heap, for each group
        RaftServerConfigKeys.Log.setSegmentCacheNumMax(properties, 2);
        RaftServerConfigKeys.Log.setSegmentCacheSizeMax(properties, SizeInBytes.valueOf(16 << 20));
        // a follower is sent the next entry at once: by default Ratis waits until a millisecond has passed since the
        // last
        RaftServerConfigKeys.Log.Appender.setWaitTimeMin(properties, millis(0));
        // a node that comes back is not kept waiting: after a while Ratis would look every 5 s only
        RaftServerConfigKeys.Log.Appender.setRetryPolicy(properties, "1ms,10, 200ms,100, 1s,1000");
        // in entries, of which one may have megabytes
        RaftServerConfigKeys.Log.setPurgeGap(properties, Math.min(16, Math.max(1, tuning.keptEntries())));
        RaftServerConfigKeys.Log.setPurgeUptoSnapshotIndex(properties, true);
        // what more is kept, the state machine decides: Ratis counts entries only, not their bytes
        RaftServerConfigKeys.Log.setPurgePreservationLogNum(properties, Math.min(64, tuning.keptEntries()));
    }

    private static void snapshots(RaftProperties properties) {
        // "take a snapshot" only asks our state machine whether one is due, so it may ask often
        RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(properties, true);
        RaftServerConfigKeys.Snapshot.setAutoTriggerThreshold(properties, 32);
        RaftServerConfigKeys.Snapshot.setTriggerWhenStopEnabled(properties, false);
        RaftServerConfigKeys.Snapshot.setTriggerWhenRemoveEnabled(properties, false);
        RaftServerConfigKeys.Log.Appender.setSnapshotChunkSizeMax(properties, SizeInBytes.valueOf(4 << 20));
    }

    private static void threads(RaftProperties properties) {
        // a snapshot for a node that is down waits as many timeouts as chunks are on their way
        GrpcConfigKeys.Server.setInstallSnapshotRequestElementLimit(properties, 2);
        GrpcConfigKeys.Server.setInstallSnapshotRequestTimeout(properties, millis(3_000));
        GrpcConfigKeys.Server.setBossGroupSize(properties, 1);
        GrpcConfigKeys.Server.setWorkerGroupSize(properties, 2);
        GrpcConfigKeys.Client.setWorkerGroupSize(properties, 2);
        // Ratis's network library takes an arena for each two cores' threads, and caches in every thread
        setDefault(NETTY + "numHeapArenas", "1");
        setDefault(NETTY + "numDirectArenas", "2");
        setDefault(NETTY + "useCacheForAllThreads", "false");
    }

    private static void setDefault(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    private static TimeDuration millis(long millis) {
        return TimeDuration.valueOf(millis, TimeUnit.MILLISECONDS);
    }
}
