package io.rookery.store;

import io.rookery.api.ChangeVector;
import io.rookery.api.CommitResult;

/** What became of a command. Refusals are values: every replica comes to the same one. */
public sealed interface Outcome {
    record Committed(CommitResult result) implements Outcome {}

    /** A document was not at the expected version. {@code actual} is {@link ChangeVector#NONE} when it is absent. */
    record Conflict(String id, ChangeVector expected, ChangeVector actual) implements Outcome {}

    /** The shard has seen a higher epoch of the task. */
    record Fenced(String task, long epoch, long current) implements Outcome {}

    /** @param more whether the same command has more to do */
    record Compacted(boolean more) implements Outcome {}

    /** A barrier passed. */
    record Passed(long index) implements Outcome {}
}
