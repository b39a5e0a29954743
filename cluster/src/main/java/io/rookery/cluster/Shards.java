package io.rookery.cluster;

import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import io.rookery.cluster.disk.Folders;
import io.rookery.cluster.wire.Failures;
import io.rookery.cluster.wire.NotAppendedException;
import io.rookery.cluster.wire.WireReader;
import io.rookery.cluster.wire.WireWriter;
import io.rookery.store.StoreResources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.proto.RaftProtos.RaftGroupIdProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.proto.RaftProtos.TermIndexProto;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.GroupManagementRequest;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.exceptions.AlreadyExistsException;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.statemachine.StateMachine;

/**
 * The shards that this node has a replica of, and the questions that other nodes ask about them. A shard's folder holds
 * its description and its store; Ratis keeps the log and the snapshots in folders of its own.
 */
final class Shards {
    static final String FENCE = "@fence";
    static final String ADD = "@group-add";
    static final String REMOVE = "@group-remove";
    /** To begin a group with what a split left here. */
    static final String BEGIN = "@group-begin";
    /** To stand for election in a group that has just begun. */
    static final String ELECT = "@group-elect";

    private final NodeContext node;
    private final Path data;
    private final StoreResources resources;
    private final Map<UUID, ReplicatedStore> stores = new ConcurrentHashMap<>();
    private final Set<UUID> removing = ConcurrentHashMap.newKeySet();
    private final ClientId client = ClientId.randomId();
    private final AtomicLong callIds = new AtomicLong();
    private volatile ReplicatedStore system;

    Shards(NodeContext node, Path data, StoreResources resources) {
        this.node = node;
        this.data = data;
        this.resources = resources;
        node.peers()
                .handle(Forwarding.KIND, question -> Forwarding.answer(question, group -> expect(group)::submitHere));
        RemoteShard.answerBy(this, node.peers());
        node.peers().handle(FENCE, this::answerFence);
        node.peers().handle(LeadCheck.TERM, this::answerTerm);
        node.peers().handle(ADD, this::answerAdd);
        node.peers().handle(REMOVE, this::answerRemove);
        node.peers().handle(BEGIN, this::answerBegin);
        node.peers().handle(ELECT, this::answerElect);
    }

    /** For Ratis: the state machine of a group that it opens. */
    StateMachine machine(RaftGroupId group) {
        Path folder = folder(group.getUuid());
        ShardDefinition shard = ShardDefinition.read(folder);
        Replica replica = new Replica(
                folder.resolve("store"), shard.tag(), resources, node.threads().completions());
        StoreStateMachine machine =
                new StoreStateMachine(replica, node.tuning(), node.threads().background());
        stores.put(group.getUuid(), new ReplicatedStore(node, shard, machine));
        return machine;
    }

    Collection<ReplicatedStore> all() {
        return List.copyOf(stores.values());
    }

    /** Asked for with every request: the one that was found last is looked at first. */
    Optional<ReplicatedStore> system() {
        ReplicatedStore last = system;
        if (last == null || stores.get(last.definition().group()) != last) {
            last = find(ShardDefinition.SYSTEM, 0).orElse(null);
            system = last;
        }
        return Optional.ofNullable(last);
    }

    Optional<ReplicatedStore> find(String database, int shard) {
        return stores.values().stream()
                .filter(store -> store.definition().database().equals(database)
                        && store.definition().shard() == shard)
                .findFirst();
    }

    Optional<ReplicatedStore> find(UUID group) {
        return Optional.ofNullable(stores.get(group));
    }

    /** Whether this node is meant to have the group: it was not told to remove it. */
    boolean isHeld(UUID group) {
        return stores.containsKey(group) && !removing.contains(group);
    }

    private ReplicatedStore expect(UUID group) {
        return find(group)
                .orElseThrow(() -> new NotAppendedException("Node " + node.tag() + " has no replica of " + group));
    }

    /** @throws NotAppendedException when this node has no replica that counts */
    ReplicatedStore member(UUID group) {
        ReplicatedStore store = expect(group);
        if (!store.isMember()) {
            throw new NotAppendedException("Node " + node.tag() + " is no member of " + group + " yet");
        }
        return store;
    }

    private CompletableFuture<byte[]> answerTerm(byte[] question) {
        long term = expect(UUID.fromString(new WireReader(question).text()))
                .raft()
                .orElseThrow(() -> new NotAppendedException("The shard was closed on node " + node.tag()))
                .getCurrentTerm();
        return CompletableFuture.completedFuture(new WireWriter(10).number(term).toBytes());
    }

    private CompletableFuture<byte[]> answerFence(byte[] question) {
        return expect(UUID.fromString(new WireReader(question).text()))
                .leaderIndex()
                .thenApply(index -> new WireWriter(10).number(index).toBytes());
    }

    /**
     * A question to add a group; {@code peers} is empty for a node that joins a group that exists.
     *
     * @param small see {@link EntryRoom#isSmall}; nodes of a time before do not tell it
     */
    static byte[] addQuestion(ShardDefinition shard, List<RaftPeer> peers, boolean small) {
        WireWriter out = new WireWriter(256);
        shard.write(out);
        Members.write(out, peers);
        return out.flag(small).toBytes();
    }

    private CompletableFuture<byte[]> answerAdd(byte[] question) {
        WireReader in = new WireReader(question);
        ShardDefinition shard = ShardDefinition.read(in);
        List<RaftPeer> peers = Members.read(in);
        if (shard.isSystem()
                && system().isPresent()
                && !system().get().definition().group().equals(shard.group())) {
            throw new RookeryException(
                    ErrorCode.CONFLICT, "Node " + node.tag() + " is part of another cluster already");
        }
        if (shard.isSystem()) {
            takeEntriesOf(!in.isAtEnd() && in.flag());
        }
        return add(shard, peers).thenApply(done -> new byte[0]);
    }

    /** A node that joins has no group yet, and learns with its first one what the cluster's logs have. */
    private synchronized void takeEntriesOf(boolean small) {
        if (!small && node.room().isSmall() && stores.isEmpty()) {
            node.room().enlarge(node.server().get().getProperties());
        }
    }

    /** Adds the group to this node's server; done already is fine. */
    synchronized CompletableFuture<Void> add(ShardDefinition shard, List<RaftPeer> peers) {
        if (removing.contains(shard.group())) {
            return CompletableFuture.failedFuture(new RookeryException(
                    ErrorCode.UNAVAILABLE,
                    "Node " + node.tag() + " is still removing its former replica of " + shard.group()));
        }
        if (stores.containsKey(shard.group())) {
            return CompletableFuture.completedFuture(null);
        }
        boolean known = GroupFiles.hasPromised(
                RaftSettings.raftFolder(data).resolve(shard.group().toString()));
        if (!known) {
            prepareFolder(shard);
        }
        return opened(shard, addRequest(RaftGroup.valueOf(shard.groupId(), peers), !known));
    }

    /**
     * A group that could not be opened and has promised nothing: the next attempt shall find nothing of it. What has is opened
     * as it is.
     */
    private synchronized void forget(ShardDefinition shard) {
        boolean runs = false;
        for (RaftGroupId open : node.server().get().getGroupIds()) {
            runs |= open.equals(shard.groupId());
        }
        Path raft = RaftSettings.raftFolder(data).resolve(shard.group().toString());
        if (!runs && !stores.containsKey(shard.group()) && !GroupFiles.hasPromised(raft)) {
            Folders.delete(raft);
        }
    }

    private synchronized GroupManagementRequest addRequest(RaftGroup group, boolean format) {
        return GroupManagementRequest.newAdd(
                client, node.server().get().getId(), callIds.incrementAndGet(), group, format);
    }

    private CompletableFuture<byte[]> answerBegin(byte[] question) {
        WireReader in = new WireReader(question);
        UUID source = UUID.fromString(in.text());
        ShardDefinition shard = ShardDefinition.read(in);
        long index = in.number();
        List<RaftPeer> members = Members.read(in);
        SplitBeginning beginning = new SplitBeginning(data, source, shard);
        // files are linked and synced: nothing for the threads that answer
        return CompletableFuture.supplyAsync(() -> begin(shard, () -> beginning.make(index, members), members))
                .thenCompose(begun -> begun)
                .thenApply(done -> new byte[0]);
    }

    private synchronized CompletableFuture<Void> begin(ShardDefinition shard, Runnable make, List<RaftPeer> members) {
        if (stores.containsKey(shard.group())) {
            return CompletableFuture.completedFuture(null);
        }
        if (removing.contains(shard.group())) {
            return CompletableFuture.failedFuture(
                    new RookeryException(ErrorCode.UNAVAILABLE, "The group " + shard.group() + " is being removed"));
        }
        make.run();
        return opened(shard, addRequest(RaftGroup.valueOf(shard.groupId(), members), false));
    }

    private CompletableFuture<Void> opened(ShardDefinition shard, GroupManagementRequest request) {
        return node.server()
                .get()
                .groupManagementAsync(request)
                .thenAccept(Shards::check)
                .exceptionally(failure -> {
                    // asked twice, or while a start opens it: it is there, and its store must not be forgotten
                    if (!isThere(failure)) {
                        ReplicatedStore left = stores.remove(shard.group());
                        if (left != null) {
                            left.replica().close(); // or the next attempt finds its files in use
                        }
                        forget(shard);
                        throw new CompletionException(Failures.unwrap(failure));
                    }
                    return null;
                });
    }

    private static boolean isThere(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof AlreadyExistsException) {
                return true;
            }
        }
        return false;
    }

    /** What a leader asks that hands on; here nobody led before, and all members have the same. */
    private CompletableFuture<byte[]> answerElect(byte[] question) {
        ReplicatedStore store = expect(UUID.fromString(new WireReader(question).text()));
        if (store.leaderTag() != null) {
            // the split is done once more: who leads already may answer reads by its lease, which an election would
            // break
            return CompletableFuture.completedFuture(new byte[0]);
        }
        RaftServer server = node.server().get();
        try {
            RaftServer.Division division = server.getDivision(store.definition().groupId());
            var last = division.getInfo().getLastAppliedIndex();
            TermIndexProto entry = TermIndexProto.newBuilder()
                    .setTerm(division.getInfo().getCurrentTerm())
                    .setIndex(last)
                    .build();
            RaftRpcRequestProto request = RaftRpcRequestProto.newBuilder()
                    .setRequestorId(server.getId().toByteString())
                    .setReplyId(server.getId().toByteString())
                    .setRaftGroupId(RaftGroupIdProto.newBuilder()
                            .setId(store.definition().groupId().toByteString()))
                    .build();
            server.startLeaderElection(StartLeaderElectionRequestProto.newBuilder()
                    .setServerRequest(request)
                    .setLeaderLastEntry(entry)
                    .build());
            return CompletableFuture.completedFuture(new byte[0]);
        } catch (IOException e) {
            return CompletableFuture.failedFuture(new NotAppendedException("Nobody was elected: " + e));
        }
    }

    /** Only where Ratis has nothing of the group: votes and log entries that were promised are never formatted. */
    void prepareFolder(ShardDefinition shard) {
        Path raft = RaftSettings.raftFolder(data).resolve(shard.group().toString());
        if (Files.exists(raft)) {
            throw new RookeryException(
                    ErrorCode.CONFLICT, "Expected no data of the Raft group in " + raft + " but found some");
        }
        Folders.delete(folder(shard.group()));
        shard.write(folder(shard.group()));
    }

    private CompletableFuture<byte[]> answerRemove(byte[] question) {
        UUID group = UUID.fromString(new WireReader(question).text());
        if (!stores.containsKey(group)) {
            return CompletableFuture.completedFuture(new byte[0]);
        }
        removing.add(group);
        GroupManagementRequest request = GroupManagementRequest.newRemove(
                client,
                node.server().get().getId(),
                callIds.incrementAndGet(),
                RaftGroupId.valueOf(group),
                true,
                false);
        return node.server().get().groupManagementAsync(request).thenApply(reply -> {
            check(reply);
            stores.remove(group);
            removing.remove(group);
            Folders.delete(folder(group));
            return new byte[0];
        });
    }

    /** Closes a replica and sets it aside; this node then has none, as if its disk were new. */
    CompletableFuture<Path> quarantine(UUID group) {
        removing.add(group);
        GroupManagementRequest request = GroupManagementRequest.newRemove(
                client,
                node.server().get().getId(),
                callIds.incrementAndGet(),
                RaftGroupId.valueOf(group),
                false,
                true);
        return node.server().get().groupManagementAsync(request).thenApply(reply -> {
            check(reply);
            Path place = Quarantine.move(
                    data, group, RaftSettings.removedFolder(data).resolve(group.toString()));
            stores.remove(group);
            removing.remove(group);
            return place;
        });
    }

    private static void check(RaftClientReply reply) {
        if (!reply.isSuccess()) {
            throw new RookeryException(
                    ErrorCode.INTERNAL,
                    "Could not change the node's Raft groups: " + reply.getException(),
                    reply.getException());
        }
    }

    private Path folder(UUID group) {
        return data.resolve("shards").resolve(group.toString());
    }
}
