package io.rookery.cluster;

import io.rookery.cluster.wire.NotAppendedException;
import io.rookery.cluster.wire.WireReader;
import java.io.IOException;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.server.RaftServer;

/** What a group's leader does when the system leader asks it to: change the members, give the lead to another one. */
final class GroupLead {
    static final String MEMBERS = "@members";
    static final String GIVE = "@lead";

    /** Who is asked to take the lead has so long; then it is taken for failed. */
    private static final long GIVE_MILLIS = 3_000;

    private static final long GIVE_ENTRIES = 500;
    /** A request to stand for election that is late may still come; nothing waits so long. */
    private static final long NO_LEASE_NANOS = TimeUnit.SECONDS.toNanos(15);

    private final NodeContext node;
    private final Shards shards;
    private final ClientId client = ClientId.randomId();
    private final AtomicLong callIds = new AtomicLong();

    GroupLead(NodeContext node, Shards shards) {
        this.node = node;
        this.shards = shards;
        node.peers().handle(MEMBERS, this::changeMembers);
        node.peers().handle(GIVE, this::give);
    }

    private interface Sent {
        CompletableFuture<RaftClientReply> to(RaftServer server) throws IOException;
    }

    /** Answers when a newcomer has caught up. */
    private CompletableFuture<byte[]> changeMembers(byte[] question) {
        WireReader in = new WireReader(question);
        RaftGroupId group = RaftGroupId.valueOf(UUID.fromString(in.text()));
        SetConfigurationRequest.Arguments.Builder arguments = SetConfigurationRequest.Arguments.newBuilder()
                .setServersInNewConf(Members.read(in).toArray(RaftPeer[]::new));
        if (in.isAtEnd()) { // a node of an earlier version does not say what it saw
            arguments.setMode(SetConfigurationRequest.Mode.SET_UNCONDITIONALLY);
        } else {
            arguments.setServersInCurrentConf(Members.read(in)).setMode(SetConfigurationRequest.Mode.COMPARE_AND_SET);
        }
        return send(
                "Members were not changed",
                server -> server.setConfigurationAsync(new SetConfigurationRequest(
                        client, server.getId(), group, callIds.incrementAndGet(), arguments.build())));
    }

    /** Answers when the other one leads. */
    private CompletableFuture<byte[]> give(byte[] question) {
        WireReader in = new WireReader(question);
        UUID group = UUID.fromString(in.text());
        RaftPeerId to = RaftPeerId.valueOf(in.text());
        long behind = shards.find(group)
                .map(store -> store.status().lag().getOrDefault(to.toString(), Long.MAX_VALUE))
                .orElse(Long.MAX_VALUE);
        if (behind > GIVE_ENTRIES) {
            // the leader takes no writes while the next one catches up
            return CompletableFuture.failedFuture(new NotAppendedException("The leader stays: " + to + " is behind"));
        }
        shards.find(group).ifPresent(store -> store.forbidLease(NO_LEASE_NANOS));
        return send(
                "The lead was not given away",
                server -> server.transferLeadershipAsync(new TransferLeadershipRequest(
                        client,
                        server.getId(),
                        RaftGroupId.valueOf(group),
                        callIds.incrementAndGet(),
                        to,
                        GIVE_MILLIS)));
    }

    private CompletableFuture<byte[]> send(String failure, Sent request) {
        try {
            return request.to(node.server().get()).thenApply(reply -> {
                if (!reply.isSuccess()) {
                    throw new NotAppendedException(failure + ": " + reply.getException());
                }
                return new byte[0];
            });
        } catch (IOException e) {
            return CompletableFuture.failedFuture(new NotAppendedException(failure + ": " + e));
        }
    }
}
