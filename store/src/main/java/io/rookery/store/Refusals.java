package io.rookery.store;

import io.rookery.api.ChangeVector;
import io.rookery.api.Fence;
import io.rookery.api.Read;
import io.rookery.api.Transaction;
import io.rookery.api.Write;
import io.rookery.store.rocks.Space;
import java.util.HashMap;
import java.util.Map;

/** Decides, before anything of it is written, whether a transaction must be refused. Looks only. */
final class Refusals {
    private final Draft draft;
    private final Splits splits;
    private final long head;

    Refusals(Draft draft, ShardState state) {
        this.draft = draft;
        this.splits = state.splits;
        this.head = state.head;
    }

    /** The first reason in the order fence, reads, writes; null when there is none. */
    Outcome of(Transaction transaction) {
        Outcome fenced = fenced(transaction);
        if (fenced != null) {
            return fenced;
        }
        for (Read read : transaction.reads()) {
            Outcome stale = stale(read.id(), read.expected(), version(read.id()));
            if (stale != null) {
                return stale;
            }
        }
        return staleWrite(transaction);
    }

    private Outcome fenced(Transaction transaction) {
        Fence fence = transaction.fence();
        if (fence != null && fence.epoch() < epoch(fence.task())) {
            return new Outcome.Fenced(fence.task(), fence.epoch(), epoch(fence.task()));
        }
        for (Write write : transaction.writes()) {
            // an owner may save a checkpoint that a former owner left in the target; its fence vouches for it
            if (write instanceof Write.SaveCheckpoint save
                    && (fence == null || !fence.task().equals(save.task()))
                    && save.checkpoint().epoch() < epoch(save.task())) {
                return new Outcome.Fenced(save.task(), save.checkpoint().epoch(), epoch(save.task()));
            }
        }
        return null;
    }

    private long epoch(String task) {
        byte[] known = draft.get(Space.STATE, Keys.task(task));
        return known == null ? 0 : TaskRecord.read(known).epoch();
    }

    /** Plays the transaction's own writes through: each is judged by what those before it will have left. */
    private Outcome staleWrite(Transaction transaction) {
        Map<String, ChangeVector> planned = new HashMap<>();
        PlannedExchanges exchanges = null;
        long next = head;
        for (Write write : transaction.writes()) {
            String id = documentId(write);
            if (id == null) {
                if (PlannedExchanges.areChangedBy(write)) {
                    exchanges = exchanges == null ? new PlannedExchanges(draft) : exchanges;
                    Outcome mismatch = exchanges.plan(write);
                    if (mismatch != null) {
                        return mismatch;
                    }
                }
                continue;
            }
            ChangeVector actual = planned.containsKey(id) ? planned.get(id) : version(id);
            Outcome stale = stale(id, expected(write), actual);
            if (stale != null) {
                return stale;
            }
            if (write instanceof Write.PutDocument) {
                planned.put(id, splits.vector(++next));
            } else if (!actual.equals(ChangeVector.NONE)) {
                next++;
                planned.put(id, ChangeVector.NONE);
            }
        }
        return null;
    }

    private static String documentId(Write write) {
        if (write instanceof Write.PutDocument put) {
            return put.id();
        }
        return write instanceof Write.DeleteDocument delete ? delete.id() : null;
    }

    private static ChangeVector expected(Write write) {
        return write instanceof Write.PutDocument put ? put.expected() : ((Write.DeleteDocument) write).expected();
    }

    private static Outcome stale(String id, ChangeVector expected, ChangeVector actual) {
        return expected == null || expected.equals(actual) ? null : new Outcome.Conflict(id, expected, actual);
    }

    private ChangeVector version(String id) {
        byte[] value = draft.get(Space.DOCUMENTS, Keys.text(id));
        StoredDocument stored = value == null ? null : StoredDocument.read(value);
        return stored == null || stored.isTombstone() ? ChangeVector.NONE : splits.vector(stored.sequence());
    }
}
