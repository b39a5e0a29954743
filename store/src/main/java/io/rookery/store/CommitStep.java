package io.rookery.store;

import io.rookery.api.ChangeVector;
import io.rookery.api.CommitResult;
import io.rookery.api.Fence;
import io.rookery.api.Read;
import io.rookery.api.Transaction;
import io.rookery.api.Write;
import io.rookery.store.rocks.Space;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Applies one transaction to a draft: all of it, or nothing and an outcome that says why. */
final class CommitStep {
    private final Draft draft;
    private final ShardState state;
    private final IdempotencyRecords repeats;
    private final Exchanges exchanges;
    private final DocumentWrites documents;
    /** What was counted for each write; null while nothing was. */
    private Long[] numbers;

    CommitStep(Draft draft, ShardState state) {
        this.draft = draft;
        this.state = state;
        this.repeats = new IdempotencyRecords(draft, state);
        this.exchanges = new Exchanges(draft);
        this.documents = new DocumentWrites(draft, state);
    }

    Outcome apply(Transaction transaction, long index) {
        IdempotencyRecord first = repeats.find(transaction.idempotencyKey());
        if (first != null) {
            return new Outcome.Committed(first.repeated(state.splits));
        }
        if (transaction.idempotencyKey() != null && !repeats.hasRoom(transaction.timestamp())) {
            return new Outcome.Full(repeats.kept());
        }
        Numbering numbering = Numbering.isNeededBy(transaction) ? new Numbering(draft) : null;
        Transaction planned = numbering == null ? transaction : numbering.plan(transaction);
        String moved = state.splits.isEmpty() ? null : movedText(transaction, planned);
        if (moved != null) {
            return new Outcome.Moved(moved);
        }
        Outcome refusal = new Refusals(draft, state).of(planned);
        if (refusal != null) {
            return refusal;
        }
        if (numbering != null) {
            numbering.save();
            numbers = numbering.numbers();
        }
        CommitResult result = commit(planned, index);
        repeats.remember(transaction.idempotencyKey(), IdempotencyRecord.of(result, transaction.timestamp()));
        return new Outcome.Committed(result);
    }

    /** One that is not in this shard, of all that the transaction touches, numbered ids too; null when there is none. */
    private String movedText(Transaction asked, Transaction planned) {
        for (Read read : planned.reads()) {
            if (!state.splits.owns(read.id())) {
                return read.id();
            }
        }
        for (List<Write> writes : List.of(asked.writes(), planned.writes())) {
            for (Write write : writes) {
                String text = placedBy(write);
                if (text != null && !state.splits.owns(text)) {
                    return text;
                }
            }
        }
        return null;
    }

    /** What decides the slot of a write; null where nothing does. */
    private static String placedBy(Write write) {
        if (write instanceof Write.PutDocument put) {
            return put.id();
        }
        if (write instanceof Write.DeleteDocument delete) {
            return delete.id();
        }
        if (write instanceof Write.PutNumbered put) {
            return put.prefix();
        }
        if (write instanceof Write.TakeNumber take) {
            return take.prefix();
        }
        if (write instanceof Write.SeedNumber seed) {
            return seed.prefix();
        }
        if (write instanceof Write.PutCompareExchange put) {
            return put.key();
        }
        return write instanceof Write.DeleteCompareExchange delete ? delete.key() : null;
    }

    private CommitResult commit(Transaction transaction, long index) {
        raise(transaction.fence());
        List<ChangeVector> vectors = new ArrayList<>(transaction.writes().size());
        for (Write write : transaction.writes()) {
            vectors.add(
                    PlannedExchanges.areChangedBy(write)
                            ? exchange(
                                    write, vectors.size(), transaction.writes().size())
                            : write(write, transaction.timestamp()));
        }
        return new CommitResult(index, state.head, vectors, false, numbers == null ? List.of() : List.of(numbers));
    }

    private ChangeVector exchange(Write write, int place, int writes) {
        if (numbers == null) {
            numbers = new Long[writes];
            Arrays.fill(numbers, 0L);
        }
        numbers[place] = write instanceof Write.PutCompareExchange put
                ? exchanges.put(put)
                : exchanges.delete(((Write.DeleteCompareExchange) write).key());
        return ChangeVector.NONE;
    }

    private void raise(Fence fence) {
        if (fence != null) {
            TaskRecord known = task(fence.task());
            TaskRecord raised = known.raisedTo(fence.epoch());
            if (!raised.equals(known)) {
                draft.put(Space.STATE, Keys.task(fence.task()), raised.write());
            }
        }
    }

    private TaskRecord task(String task) {
        byte[] known = draft.get(Space.STATE, Keys.task(task));
        return known == null ? TaskRecord.UNKNOWN : TaskRecord.read(known);
    }

    private ChangeVector write(Write write, long timestamp) {
        if (write instanceof Write.PutDocument put) {
            return documents.put(put, timestamp);
        }
        if (write instanceof Write.DeleteDocument delete) {
            return documents.delete(delete.id(), timestamp);
        }
        if (write instanceof Write.PutEntry put) {
            draft.put(Space.ENTRIES, Keys.text(put.key()), put.value());
        } else if (write instanceof Write.DeleteEntry delete) {
            draft.delete(Space.ENTRIES, Keys.text(delete.key()));
        } else if (write instanceof Write.SaveCheckpoint save) {
            long epoch = task(save.task()).raisedTo(save.checkpoint().epoch()).epoch();
            draft.put(Space.STATE, Keys.task(save.task()), new TaskRecord(epoch, save.checkpoint()).write());
        } else if (write instanceof Write.ForgetTask forget) {
            draft.delete(Space.STATE, Keys.task(forget.task()));
        } else if (!(write instanceof Write.TakeNumber || write instanceof Write.SeedNumber)) {
            throw new IllegalStateException("Unknown write " + write.getClass());
        }
        return ChangeVector.NONE;
    }
}
