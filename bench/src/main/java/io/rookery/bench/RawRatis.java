package io.rookery.bench;

import io.rookery.cluster.ClusterConfig;
import io.rookery.cluster.RaftSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;

/**
 * Peers of one Raft group in this JVM, all or one of them, with a node's own settings and a state machine that does
 * nothing: what Ratis alone can do here. Entries are given to the leader in its process, as a node does it.
 */
final class RawRatis implements AutoCloseable {
    private static final int PEERS = 3;
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final RaftGroupId GROUP = RaftGroupId.valueOf(UUID.nameUUIDFromBytes(new byte[] {1}));

    private final List<RaftServer> servers = new ArrayList<>();
    private final ClientId client = ClientId.randomId();
    private final AtomicLong callIds = new AtomicLong();
    /** Told with the next request, so that Ratis forgets their replies. */
    private final ConcurrentLinkedQueue<Long> replied = new ConcurrentLinkedQueue<>();

    private RaftServer leader;

    static List<ClusterConfig> configs(Path folder) {
        List<ClusterConfig> configs = new ArrayList<>();
        for (int i = 0; i < PEERS; i++) {
            configs.add(Nodes.config("raw" + i, folder, false));
        }
        return configs;
    }

    /** All peers in this JVM, with a leader. */
    static RawRatis start(Path folder) throws Exception {
        List<ClusterConfig> configs = configs(folder);
        RawRatis started = new RawRatis();
        try {
            for (ClusterConfig config : configs) {
                started.startPeer(config, configs);
            }
            Lap.await(started::leads, PATIENCE);
            return started;
        } catch (Exception e) {
            started.close();
            throw e;
        }
    }

    void startPeer(ClusterConfig config, List<ClusterConfig> all) throws IOException {
        List<RaftPeer> peers = all.stream()
                .map(peer -> RaftPeer.newBuilder()
                        .setId(peer.tag())
                        .setAddress(peer.raft())
                        .build())
                .toList();
        RaftServer server = RaftServer.newBuilder()
                .setServerId(RaftPeerId.valueOf(config.tag()))
                .setGroup(RaftGroup.valueOf(GROUP, peers))
                .setOption(RaftStorage.StartupOption.FORMAT)
                .setStateMachine(new NoOpMachine())
                .setProperties(RaftSettings.properties(config))
                .build();
        servers.add(server);
        server.start();
    }

    /** Whether the leader is in this JVM. */
    boolean leads() throws IOException {
        for (RaftServer server : servers) {
            if (server.getDivision(GROUP).getInfo().isLeaderReady()) {
                leader = server;
                return true;
            }
        }
        return false;
    }

    /** Keeps so many entries of so many bytes under way; entries a second. */
    double perSecond(int entries, int bytes, Duration duration) throws InterruptedException {
        byte[] entry = new byte[bytes];
        return new ClosedLoop(entries, () -> submit(entry)).perSecond(duration);
    }

    /** Completes when the entry is applied at the leader. */
    private CompletableFuture<RaftClientReply> submit(byte[] entry) {
        long callId = callIds.incrementAndGet();
        List<Long> done = new ArrayList<>();
        for (Long id = replied.poll(); id != null; id = replied.poll()) {
            done.add(id);
        }
        RaftClientRequest request = RaftClientRequest.newBuilder()
                .setClientId(client)
                .setServerId(leader.getId())
                .setGroupId(GROUP)
                .setCallId(callId)
                .setRepliedCallIds(done)
                .setType(RaftClientRequest.writeRequestType())
                .setMessage(Message.valueOf(UnsafeByteOperations.unsafeWrap(entry)))
                .build();
        try {
            return leader.submitClientRequestAsync(request).thenApply(reply -> {
                replied.add(callId);
                if (!reply.isSuccess()) {
                    throw new IllegalStateException("The raw group refused an entry", reply.getException());
                }
                return reply;
            });
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public void close() {
        for (RaftServer server : servers) {
            try {
                server.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
