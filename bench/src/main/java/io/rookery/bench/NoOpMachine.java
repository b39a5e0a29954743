package io.rookery.bench;

import java.util.concurrent.CompletableFuture;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;

/** A state machine that only counts: what is left is Ratis. */
final class NoOpMachine extends BaseStateMachine {
    /** So many entries stay in the log, or it would fill the disk. */
    private static final int KEPT_ENTRIES = 2_000;

    @Override
    public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
        var entry = transaction.getLogEntry();
        updateLastAppliedTermIndex(entry.getTerm(), entry.getIndex());
        return CompletableFuture.completedFuture(Message.EMPTY);
    }

    @Override
    public long takeSnapshot() {
        return Math.max(0, getLastAppliedTermIndex().getIndex() - KEPT_ENTRIES);
    }
}
