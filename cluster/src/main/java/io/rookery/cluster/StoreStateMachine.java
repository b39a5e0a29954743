package io.rookery.cluster;

import io.rookery.cluster.wire.CommandCodec;
import io.rookery.cluster.wire.OutcomeCodec;
import io.rookery.store.Command;
import io.rookery.store.Outcome;
import io.rookery.store.TermIndex;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.apache.ratis.statemachine.StateMachineStorage;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.apache.ratis.util.LifeCycle;

/**
 * Decodes a log entry and hands it on with its term and index; nothing else happens here. Anything unexpected ends the
 * process: an exception would make Ratis skip the entry, and the replicas would differ in silence.
 *
 * <p>After a restart Ratis applies again from the last snapshot; what the store has durably is passed over.
 */
final class StoreStateMachine extends BaseStateMachine {
    private final Replica replica;
    private final Tuning tuning;
    private final Executor background;
    private final SnapshotFolder snapshots = new SnapshotFolder();
    private final AtomicBoolean taking = new AtomicBoolean();
    private final Deque<LogPlace> places = new ArrayDeque<>();
    private volatile LongConsumer appended = callId -> {};
    private volatile Runnable roleChanged = () -> {};
    private volatile TermIndex snapshotAt = TermIndex.NONE;
    private volatile long bytesApplied;
    private volatile long bytesAtSnapshot;
    private long durable = -1;
    private long purgeable = -1;

    /** How many bytes of log there were up to an index. */
    private record LogPlace(long index, long bytes) {}

    StoreStateMachine(Replica replica, Tuning tuning, Executor background) {
        this.replica = replica;
        this.tuning = tuning;
        this.background = background;
    }

    Replica replica() {
        return replica;
    }

    /** Told the call id of a request just before its entry goes into the log. */
    void onAppend(LongConsumer listener) {
        appended = listener;
    }

    void onRoleChange(Runnable listener) {
        roleChanged = listener;
    }

    @Override
    public void initialize(RaftServer server, RaftGroupId group, RaftStorage storage) throws IOException {
        getLifeCycle().startAndTransition(() -> {
            super.initialize(server, group, storage);
            snapshots.init(storage);
            load();
        });
    }

    @Override
    public void pause() {
        if (getLifeCycle().getCurrentState() == LifeCycle.State.RUNNING) {
            getLifeCycle().transition(LifeCycle.State.PAUSING);
            getLifeCycle().transition(LifeCycle.State.PAUSED);
        }
    }

    @Override
    public void reinitialize() throws IOException {
        orDie("install a snapshot", () -> {
            snapshots.refresh();
            load();
            return null;
        });
        if (getLifeCycleState() == LifeCycle.State.PAUSED) {
            getLifeCycle().transition(LifeCycle.State.STARTING);
            getLifeCycle().transition(LifeCycle.State.RUNNING);
        }
    }

    private void load() {
        TermIndex at = replica.open(() -> snapshots.restoreInto(replica.directory()));
        durable = at.index();
        snapshotAt = snapshots.newest().orElse(TermIndex.NONE);
        places.clear();
        setLastAppliedTermIndex(org.apache.ratis.server.protocol.TermIndex.valueOf(at.term(), at.index()));
    }

    @Override
    public TransactionContext preAppendTransaction(TransactionContext transaction) {
        appended.accept(transaction.getClientRequest().getCallId());
        return transaction;
    }

    @Override
    public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
        LogEntryProto entry = transaction.getLogEntry();
        TermIndex at = new TermIndex(entry.getTerm(), entry.getIndex());
        if (at.index() <= durable) {
            return CompletableFuture.completedFuture(Message.EMPTY);
        }
        return orDie("apply log entry " + at, () -> {
            byte[] data = entry.getStateMachineLogEntry().getLogData().toByteArray();
            List<Command> commands = CommandCodec.commands(data);
            List<Outcome> outcomes = replica.apply(at, commands);
            updateLastAppliedTermIndex(at.term(), at.index());
            count(at.index(), data.length);
            ByteString reply = UnsafeByteOperations.unsafeWrap(OutcomeCodec.reply(at.term(), outcomes));
            return CompletableFuture.completedFuture(Message.valueOf(reply));
        });
    }

    /** Entries that are no transactions: configurations and a new leader's first one. */
    @Override
    public void notifyTermIndexUpdated(long term, long index) {
        if (index > durable && index > getLastAppliedTermIndex().getIndex()) {
            orDie("pass log entry " + index, () -> {
                replica.passed(new TermIndex(term, index));
                updateLastAppliedTermIndex(term, index);
                return null;
            });
        }
    }

    private void count(long index, int size) {
        long total = bytesApplied + size; // written by the apply thread only
        bytesApplied = total;
        if (places.isEmpty()
                || index - places.getLast().index() >= 64
                || total - places.getLast().bytes() >= tuning.segmentBytes()) {
            places.addLast(new LogPlace(index, total));
        }
    }

    /**
     * Called by the apply thread after every round: starts a checkpoint in the background when one is due, and gives
     * the index up to which the log may go: behind a finished checkpoint, with as much kept for slow followers as is
     * allowed.
     */
    @Override
    public long takeSnapshot() {
        long applied = getLastAppliedTermIndex().getIndex();
        TermIndex newest = snapshotAt;
        boolean due = applied - Math.max(0, newest.index()) >= tuning.snapshotEntries()
                || bytesApplied - bytesAtSnapshot >= tuning.snapshotBytes();
        if (due && applied > newest.index() && taking.compareAndSet(false, true)) {
            background.execute(this::takeInBackground);
        }
        while (!places.isEmpty()
                && (applied - places.getFirst().index() > tuning.keptEntries()
                        || bytesApplied - places.getFirst().bytes() > tuning.keptBytes())) {
            purgeable = places.removeFirst().index();
        }
        long purge = Math.min(purgeable, newest.index());
        return purge < 0 ? RaftLog.INVALID_LOG_INDEX : purge;
    }

    private void takeInBackground() {
        try {
            long bytes = bytesApplied;
            snapshotAt = snapshots.take(replica);
            bytesAtSnapshot = bytes;
        } catch (RuntimeException e) {
            // not fatal: the log is kept until a checkpoint succeeds, and the next round tries again
            LOG.warn("{}: no checkpoint could be taken", this, e);
        } finally {
            taking.set(false);
        }
    }

    @Override
    public StateMachineStorage getStateMachineStorage() {
        return snapshots;
    }

    @Override
    public SnapshotInfo getLatestSnapshot() {
        return snapshots.getLatestSnapshot();
    }

    @Override
    public void notifyLeaderChanged(RaftGroupMemberId member, RaftPeerId leader) {
        roleChanged.run();
    }

    @Override
    public void notifyNotLeader(java.util.Collection<TransactionContext> pending) {
        roleChanged.run();
    }

    @Override
    public void notifyLogFailed(Throwable cause, LogEntryProto entry) {
        tuning.fatal().accept("The Raft log of " + getGroupId() + " cannot be written: " + cause);
    }

    private <T> T orDie(String what, java.util.function.Supplier<T> work) {
        try {
            return work.get();
        } catch (Throwable e) {
            LOG.error("{}: could not {}", this, what, e);
            Consumer<String> fatal = tuning.fatal();
            fatal.accept("Could not " + what + " of " + getGroupId() + ": " + e);
            throw e;
        }
    }

    @Override
    public void close() {
        replica.close();
    }
}
