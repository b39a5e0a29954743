package io.rookery.cluster;

import io.rookery.api.ChangeVector;
import io.rookery.api.CommitResult;
import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import io.rookery.store.Outcome;

/** Outcomes of commits as their callers see them: a result, or an exception that says why there is none. */
public final class Outcomes {
    private Outcomes() {}

    /** @throws RookeryException that says why, for an outcome that is a refusal */
    public static CommitResult committed(Outcome outcome) {
        if (outcome instanceof Outcome.Committed committed) {
            return committed.result();
        }
        if (outcome instanceof Outcome.Conflict conflict) {
            throw new RookeryException(
                    ErrorCode.CONFLICT,
                    "Expected " + version(conflict.expected()) + " of " + conflict.id() + " but found "
                            + version(conflict.actual()));
        }
        if (outcome instanceof Outcome.Fenced fenced) {
            throw new RookeryException(
                    ErrorCode.FENCED,
                    "Expected epoch " + fenced.epoch() + " of task " + fenced.task() + " but found "
                            + fenced.current());
        }
        if (outcome instanceof Outcome.Mismatch mismatch) {
            throw new RookeryException(
                    ErrorCode.CONFLICT,
                    "Expected " + indexed(mismatch.expected()) + " of compare-exchange value " + mismatch.key()
                            + " but found " + indexed(mismatch.actual()));
        }
        if (outcome instanceof Outcome.Full full) {
            throw new RookeryException(
                    ErrorCode.OVERLOADED,
                    "Expected room for one more Idempotency-Key but found " + full.kept()
                            + " of the last 24 hours; try again later, or without one");
        }
        if (outcome instanceof Outcome.Moved moved) {
            throw moved("'" + moved.text() + "'");
        }
        throw new RookeryException(ErrorCode.INTERNAL, "Expected a commit's outcome but found " + outcome);
    }

    /** Nothing was done: who asked knows the shards of a time before a split. */
    static RookeryException moved(String what) {
        return new RookeryException(
                ErrorCode.SLOTS_MOVED, "Expected " + what + " in the shard that was asked but it was split; try again");
    }

    private static String indexed(long index) {
        return index == 0 ? "no value" : "index " + index;
    }

    private static String version(ChangeVector vector) {
        return vector.equals(ChangeVector.NONE) ? "no version" : "change vector " + vector;
    }
}
