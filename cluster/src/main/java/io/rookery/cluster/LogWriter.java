package io.rookery.cluster;

import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import io.rookery.cluster.wire.CommandCodec;
import io.rookery.cluster.wire.Failures;
import io.rookery.cluster.wire.NotAppendedException;
import io.rookery.cluster.wire.OutcomeCodec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientAsynchronousProtocol;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;

/**
 * Puts entries into the log of one group where this node leads it. A failure is a {@link NotAppendedException} only
 * when Ratis refused before it touched the log: "not leader" is also what it says of entries whose leader was deposed.
 */
final class LogWriter {
    private static final long TIMEOUT_MILLIS = 10_000;

    /** So long after the last entry followers are told that it is committed; the next entry would have told them. */
    private static final long TELL_MILLIS = 4;

    private final NodeContext node;
    private final RaftGroupId group;
    private final ReadLease lease;
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicBoolean telling = new AtomicBoolean();
    private final ClientId client = ClientId.randomId();
    private final AtomicLong callIds = new AtomicLong();
    private final Set<Long> appended = ConcurrentHashMap.newKeySet();
    /** Told with the next request, so that Ratis forgets their replies. */
    private final ConcurrentLinkedQueue<Long> replied = new ConcurrentLinkedQueue<>();

    LogWriter(NodeContext node, RaftGroupId group, ReadLease lease) {
        this.node = node;
        this.group = group;
        this.lease = lease;
    }

    /** From the state machine, inside the log's lock. */
    void appended(long callId) {
        appended.add(callId);
    }

    /**
     * One entry of these commands; their outcomes when it is applied here. A command that is too big for one goes alone, in
     * several: nothing of its sender's comes between them.
     */
    CompletableFuture<List<byte[]>> send(List<byte[]> commands) {
        boolean parted = commands.size() == 1
                && commands.get(0).length > CommandCodec.PART_BYTES
                && node.room().needsParts(node.level().known());
        return parted ? sendParts(commands.get(0)) : sendEntry(CommandCodec.entry(commands));
    }

    /** Without its last part a command has no effect, so the last one's fate is the command's. */
    private CompletableFuture<List<byte[]>> sendParts(byte[] command) {
        CompletableFuture<List<byte[]>> last = CompletableFuture.completedFuture(List.of());
        for (byte[] entry : CommandCodec.parts(UUID.randomUUID(), command)) {
            last = sendEntry(entry);
        }
        return last.thenApply(outcomes -> {
            if (OutcomeCodec.isIncomplete(outcomes.get(0))) {
                throw new NotAppendedException("A part of the command was not appended");
            }
            return outcomes;
        });
    }

    private CompletableFuture<List<byte[]>> sendEntry(byte[] entry) {
        long callId = callIds.incrementAndGet();
        long submitted = System.nanoTime();
        inFlight.incrementAndGet();
        CompletableFuture<RaftClientReply> reply;
        try {
            reply = log().submitClientRequestAsync(request(callId, entry));
        } catch (IOException | RuntimeException e) {
            reply = CompletableFuture.failedFuture(e);
        }
        return reply.orTimeout(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS)
                .handleAsync(
                        (answer, failure) -> outcomes(callId, submitted, answer, failure),
                        node.threads().completions());
    }

    /** The group itself: the server would give the request to a thread of its own and wait for it. */
    private RaftClientAsynchronousProtocol log() throws IOException {
        RaftServer server = node.server().get();
        return server.getDivision(group) instanceof RaftClientAsynchronousProtocol direct ? direct : server;
    }

    /**
     * Followers learn what is committed with the next entry or heartbeat, half an election timeout later: too late for
     * their feeds and fences. A read request makes Ratis send a heartbeat at once; its answer is of no interest.
     */
    private void tellFollowers() {
        if (inFlight.get() == 0 && telling.compareAndSet(false, true)) {
            node.threads()
                    .timer()
                    .schedule(
                            () -> {
                                telling.set(false);
                                if (inFlight.get() == 0) {
                                    heartbeat();
                                }
                            },
                            TELL_MILLIS,
                            TimeUnit.MILLISECONDS);
        }
    }

    private void heartbeat() {
        try {
            RaftServer server = node.server().get();
            server.submitClientRequestAsync(RaftClientRequest.newBuilder()
                    .setClientId(client)
                    .setServerId(server.getId())
                    .setGroupId(group)
                    .setCallId(callIds.incrementAndGet())
                    .setType(RaftClientRequest.readRequestType())
                    .build());
        } catch (IOException e) {
            // closing: there is nobody to tell
        }
    }

    private RaftClientRequest request(long callId, byte[] entry) {
        List<Long> done = new ArrayList<>();
        for (Long id = replied.poll(); id != null; id = replied.poll()) {
            done.add(id);
        }
        return RaftClientRequest.newBuilder()
                .setClientId(client)
                .setServerId(node.server().get().getId())
                .setGroupId(group)
                .setCallId(callId)
                .setRepliedCallIds(done)
                .setType(RaftClientRequest.writeRequestType())
                .setMessage(Message.valueOf(UnsafeByteOperations.unsafeWrap(entry)))
                .build();
    }

    private List<byte[]> outcomes(long callId, long submitted, RaftClientReply answer, Throwable failure) {
        boolean inLog = appended.remove(callId);
        replied.add(callId);
        inFlight.decrementAndGet();
        tellFollowers();
        if (failure == null && answer.isSuccess()) {
            OutcomeCodec.Reply reply =
                    OutcomeCodec.reply(answer.getMessage().getContent().toByteArray());
            lease.extend(reply.term(), submitted);
            return reply.outcomes();
        }
        Throwable cause = failure == null ? answer.getException() : Failures.unwrap(failure);
        if (cause instanceof TimeoutException) {
            throw RookeryException.outcomeUnknown(
                    ErrorCode.TIMEOUT, "No majority took the write within " + TIMEOUT_MILLIS + " ms", cause);
        }
        if (inLog) {
            throw RookeryException.outcomeUnknown(
                    ErrorCode.NO_LEADER, "The leader was deposed while it was writing: " + cause.getMessage(), cause);
        }
        throw new NotAppendedException(String.valueOf(cause.getMessage()));
    }
}
