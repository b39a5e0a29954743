package io.rookery.cluster;

import io.rookery.api.Checkpoint;
import io.rookery.api.CommitResult;
import io.rookery.api.Document;
import io.rookery.api.DocumentDatabase;
import io.rookery.api.Entry;
import io.rookery.api.ErrorCode;
import io.rookery.api.FeedPage;
import io.rookery.api.FeedRequest;
import io.rookery.api.RookeryException;
import io.rookery.api.Transaction;
import io.rookery.cluster.topology.Topology;
import io.rookery.cluster.wire.CommandCodec;
import io.rookery.cluster.wire.Failures;
import io.rookery.cluster.wire.NotAppendedException;
import io.rookery.cluster.wire.OutcomeCodec;
import io.rookery.store.Command;
import io.rookery.store.CompareExchangeValue;
import io.rookery.store.DocumentStore;
import io.rookery.store.Outcome;
import io.rookery.store.Revision;
import io.rookery.store.RevisionPolicy;
import io.rookery.store.RevisionReads;
import io.rookery.store.Splits;
import io.rookery.store.StateHash;
import io.rookery.store.StoreStatistics;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.ratis.proto.RaftProtos.CommitInfoProto;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;

/**
 * A shard as every node offers it: writes go through the leader's group commit, wherever the leader is; reads are of
 * this node's replica, behind the fence where they must be linearizable.
 *
 * <p>The handle survives elections and snapshot installs. Its futures are completed by a few shared threads: work that
 * blocks must be attached with an executor of its own.
 */
public final class ReplicatedStore implements DocumentDatabase, ShardAccess {
    private static final long NO_LEADER_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final NodeContext node;
    private final ShardDefinition shard;
    private final Replica replica;
    private final ReadFence fence;
    private final ReadLease lease;
    private final GroupCommit toLog;
    private final GroupCommit toLeader;
    private final LeaderQuestions questions;
    private volatile boolean current;

    ReplicatedStore(NodeContext node, ShardDefinition shard, StoreStateMachine machine) {
        this.node = node;
        this.shard = shard;
        replica = machine.replica();
        lease = new ReadLease(node.electionNanos());
        LogWriter writer = new LogWriter(node, shard.groupId(), lease);
        machine.onAppend(writer::appended);
        questions = new LeaderQuestions(node, this::leaderTag);
        machine.onRoleChange(() -> {
            lease.drop();
            questions.leaderChanged();
        });
        toLog = new GroupCommit(
                commands -> node.disk().hasRoom()
                        ? writer.send(commands).thenApply(ReplicatedStore::results)
                        : CompletableFuture.failedFuture(node.disk().refusal()),
                node.threads().pump());
        toLeader = new GroupCommit(this::forward, node.threads().pump());
        byte[] barrier = CommandCodec.encode(new Command.Barrier());
        LeadCheck check = new LeadCheck(node, this, lease);
        ReadFence.Proofs proofs =
                new ReadFence.Proofs(() -> writer.send(List.of(barrier)).thenApply(ReadFence::passed), check::index);
        fence = new ReadFence(node, shard, replica, this::raft, lease, proofs, questions);
    }

    private static List<GroupCommit.Result> results(List<byte[]> outcomes) {
        return outcomes.stream()
                .map(outcome -> new GroupCommit.Result(outcome, null))
                .toList();
    }

    /**
     * Hands a command to the leader. Fails with OVERLOADED when no permit is free, DISK_FULL, NO_LEADER, TIMEOUT
     * (outcome unknown).
     */
    @Override
    public CompletableFuture<Outcome> submit(Command command) {
        byte[] bytes;
        try {
            bytes = CommandCodec.encode(command);
            node.level().require(CommandCodec.version(bytes));
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
        return submitBytes(bytes).thenApply(OutcomeCodec::decode);
    }

    /** What {@link #submit} does, for a command that another node encoded. */
    CompletableFuture<byte[]> submitBytes(byte[] command) {
        return attempt(command, System.nanoTime() + NO_LEADER_NANOS);
    }

    /** Tries again as long as it is certain that nothing was appended, within bounds. */
    private CompletableFuture<byte[]> attempt(byte[] command, long deadline) {
        CompletableFuture<byte[]> outcome = leads() ? submitToLog(command) : toLeader.submit(command);
        return outcome.exceptionallyCompose(failure -> {
            Throwable cause = Failures.unwrap(failure);
            if (!(cause instanceof NotAppendedException)) {
                return CompletableFuture.failedFuture(cause);
            }
            if (division().isEmpty()) {
                return CompletableFuture.failedFuture(
                        new RookeryException(ErrorCode.UNAVAILABLE, "The shard was closed on this node", cause));
            }
            if (System.nanoTime() - deadline > 0) {
                return CompletableFuture.failedFuture(new RookeryException(
                        ErrorCode.NO_LEADER,
                        "Nobody leads " + shard.database() + "/" + shard.shard() + ": " + cause.getMessage(),
                        cause));
            }
            return CompletableFuture.supplyAsync(() -> command, node.threads().later(50))
                    .thenCompose(again -> attempt(again, deadline));
        });
    }

    /** What another node forwarded: into our log, or refused; never forwarded again. */
    CompletableFuture<byte[]> submitHere(byte[] command) {
        return leads()
                ? submitToLog(command)
                : CompletableFuture.failedFuture(new NotAppendedException("Node " + node.tag() + " does not lead"));
    }

    /** The system shard is small, and what frees space is asked for there. */
    private CompletableFuture<byte[]> submitToLog(byte[] command) {
        return !shard.isSystem()
                        && CommandCodec.isCommit(command)
                        && node.disk().isFull()
                ? CompletableFuture.failedFuture(node.disk().refusal())
                : toLog.submit(command);
    }

    private CompletableFuture<List<GroupCommit.Result>> forward(List<byte[]> commands) {
        String leader = leaderTag();
        if (leader == null || leader.equals(node.tag())) {
            return CompletableFuture.failedFuture(new NotAppendedException("No leader is known"));
        }
        return questions.track(leader, Forwarding.ask(node.peers(), leader, shard.group(), commands));
    }

    CompletableFuture<Long> leaderIndex() {
        return fence.leaderIndex();
    }

    @Override
    public CompletableFuture<CommitResult> commit(Transaction transaction) {
        return submit(new Command.Commit(transaction)).thenApply(Outcomes::committed);
    }

    @Override
    public CompletableFuture<Void> fence() {
        return current ? fence.pass() : fence.pass().thenRun(() -> current = true);
    }

    /** Whether this replica has been as new as its leader's since it was opened. */
    boolean hasBeenCurrent() {
        return current;
    }

    @Override
    public CompletableFuture<Void> applied(long index) {
        return replica.appliedIndex().at(index).thenApply(reached -> null);
    }

    @Override
    public Optional<Document> document(String id) {
        return replica.read(store -> store.document(id));
    }

    @Override
    public List<Optional<Document>> documents(List<String> ids) {
        return replica.read(store -> store.documents(ids));
    }

    @Override
    public Optional<byte[]> entry(String key) {
        return replica.read(store -> store.entry(key));
    }

    @Override
    public List<Entry> entries(String prefix, String after, int limit) {
        return replica.read(store -> store.entries(prefix, after, limit));
    }

    @Override
    public List<Document> documentsFrom(String prefix, String after, int limit) {
        return replica.read(store -> store.documentsFrom(prefix, after, limit));
    }

    public Optional<CompareExchangeValue> exchange(String key) {
        return replica.read(store -> store.exchange(key));
    }

    /** See {@link DocumentStore#exchanges}. */
    public List<CompareExchangeValue> exchanges(String prefix, String after, int limit) {
        return replica.read(store -> store.exchanges(prefix, after, limit));
    }

    /** See {@link DocumentStore#revisions}. */
    public <T> T revisions(String id, Function<RevisionReads, T> question) {
        T answer = replica.read(store -> question.apply(store.revisions(id)));
        if (!splits().owns(id)) {
            throw Outcomes.moved("'" + id + "'");
        }
        return answer;
    }

    /** What the shard went through, as far as this replica has applied it. */
    public Splits splits() {
        return replica.read(DocumentStore::splits);
    }

    boolean isToBeCleaned() {
        return replica.read(DocumentStore::isToBeCleaned);
    }

    /** See {@link DocumentStore#revision}. */
    public Optional<Revision> revision(long sequence) {
        return replica.read(store -> store.revision(sequence));
    }

    RevisionPolicy revisionPolicy() {
        return replica.read(DocumentStore::revisionPolicy);
    }

    boolean isDue(long now, boolean expire, boolean refresh) {
        return replica.read(store -> store.isDue(now, expire, refresh));
    }

    /** How far the feed may be compacted now, and who holds it. */
    public FeedWindow feedWindow(long now) {
        return FeedWindow.of(this, now);
    }

    /** See {@link DocumentStore#checkpoints}. */
    public Map<String, Checkpoint> checkpoints() {
        return replica.read(DocumentStore::checkpoints);
    }

    /** See {@link DocumentStore#identities}. */
    public Map<String, Long> identities(int limit) {
        return replica.read(store -> store.identities(limit));
    }

    @Override
    public Checkpoint checkpoint(String task) {
        return replica.read(store -> store.checkpoint(task));
    }

    @Override
    public FeedPage read(FeedRequest request) {
        return replica.read(store -> store.read(request));
    }

    @Override
    public CompletableFuture<Long> beyond(long sequence) {
        return replica.sequences().at(sequence + 1);
    }

    @Override
    public CompletableFuture<Long> beyond(long sequence, long millis) {
        return beyond(sequence).completeOnTimeout(sequence, millis, TimeUnit.MILLISECONDS);
    }

    @Override
    public <T> CompletableFuture<ShardAnswer<T>> ask(Consistency consistency, ShardQuestion<T> question) {
        return ask(consistency, question, null);
    }

    /** @param known what the asker knows of the shard's splits; null for one that asks this replica and no other */
    <T> CompletableFuture<ShardAnswer<T>> ask(
            Consistency consistency, ShardQuestion<T> question, Topology.Divided known) {
        CompletableFuture<Void> fresh = consistency.ready(this);
        CompletableFuture<Void> ready = known == null || known.index() <= appliedIndex()
                ? fresh
                : fresh.thenCompose(done -> Consistency.reached(this, known.index()));
        return ready.thenApply(done -> {
            long applied = appliedIndex();
            T value = question.answer(this);
            Splits splits = splits();
            if (splits.count() > 0) {
                question.requireHere(splits, known == null ? splits.count() : known.count());
            }
            // only a session has use for it
            long readable = consistency.kind() == Consistency.Kind.SESSION ? readableIndex() : 0;
            return new ShardAnswer<>(applied, readable, value);
        });
    }

    /** Hash at exactly that applied index, waiting until it is applied here. */
    public CompletableFuture<StateHash> stateHash(long index) {
        return applied(index).thenApply(reached -> replica.read(store -> store.stateHash(index))
                .orElseThrow(() -> new RookeryException(
                        ErrorCode.GONE, "The state hash at index " + index + " is no longer known on this node")));
    }

    /** See {@link DocumentStore#sizeOnDisk}. */
    public long sizeOnDisk() {
        return replica.read(DocumentStore::sizeOnDisk);
    }

    public StoreStatistics statistics() {
        return replica.read(DocumentStore::statistics);
    }

    /** Log index that this node has applied; what is read afterwards is at least as new. */
    public long appliedIndex() {
        return replica.appliedIndex().reached();
    }

    /** Log index that no read of this node's replica that has ended was ahead of. */
    public long readableIndex() {
        return replica.read(DocumentStore::readableIndex);
    }

    /** Newest sequence number on this node. */
    public long head() {
        return replica.read(DocumentStore::head);
    }

    /** Role, leader, term, applied index and, on the leader, each peer's lag. */
    public ShardStatus status() {
        long applied = replica.appliedIndex().reached();
        return division()
                .map(division -> {
                    DivisionInfo info = division.getInfo();
                    return new ShardStatus(
                            shard.database(),
                            shard.shard(),
                            info.getCurrentRole() == null
                                    ? "STARTING"
                                    : info.getCurrentRole().name(),
                            leaderTag(),
                            info.getCurrentTerm(),
                            applied,
                            info.isLeader() ? lag(division) : Map.of());
                })
                .orElseGet(
                        () -> new ShardStatus(shard.database(), shard.shard(), "CLOSED", null, 0, applied, Map.of()));
    }

    /** As this replica knows them; in order. */
    @Override
    public List<String> members() {
        return division().map(NodeWatch::members).orElse(List.of());
    }

    private Map<String, Long> lag(RaftServer.Division division) {
        long committed = division.getRaftLog().getLastCommittedIndex();
        Map<String, Long> lag = new HashMap<>();
        for (CommitInfoProto info : division.getCommitInfos()) {
            String tag = info.getServer().getId().toStringUtf8();
            if (!tag.equals(node.tag())) {
                lag.put(tag, Math.max(0, committed - info.getCommitIndex()));
            }
        }
        return lag;
    }

    @Override
    public String tag() {
        return shard.tag();
    }

    /** What a read of this node's replica stumbled over; empty as long as none did. */
    public Optional<String> damage() {
        return replica.damage();
    }

    @Override
    public int number() {
        return shard.shard();
    }

    @Override
    public UUID group() {
        return shard.group();
    }

    /** Whether the group counts on this replica, as it knows itself: one that is only catching up, or was taken out, is none to ask. */
    boolean isMember() {
        return division()
                .map(division -> division.getRaftConf().getPeer(division.getId()) != null)
                .orElse(false);
    }

    /** Reads here need a barrier each for so long: somebody else may be elected although this node was heard of. */
    void forbidLease(long nanos) {
        lease.forbid(nanos);
    }

    ShardDefinition definition() {
        return shard;
    }

    Replica replica() {
        return replica;
    }

    /** Whether this node leads the shard and may write. */
    boolean leads() {
        return raft().map(DivisionInfo::isLeaderReady).orElse(false);
    }

    String leaderTag() {
        return raft().map(DivisionInfo::getLeaderId).map(Object::toString).orElse(null);
    }

    Optional<RaftServer.Division> division() {
        RaftServer server = node.server().get();
        try {
            return server == null ? Optional.empty() : Optional.of(server.getDivision(shard.groupId()));
        } catch (IOException e) {
            return Optional.empty(); // the group is just being added or removed
        }
    }

    Optional<DivisionInfo> raft() {
        return division().map(RaftServer.Division::getInfo);
    }
}
