package io.rookery.store;

import io.rookery.api.ChangeVector;
import io.rookery.api.CommitResult;
import io.rookery.api.Json;

/** What became of a command. Refusals are values: every replica comes to the same one. */
public sealed interface Outcome {
    record Committed(CommitResult result) implements Outcome {}

    /** A document was not at the expected version. {@code actual} is {@link ChangeVector#NONE} when it is absent. */
    record Conflict(String id, ChangeVector expected, ChangeVector actual) implements Outcome {}

    /**
     * A compare-exchange value had another index.
     *
     * @param value what it is now, with its index; index 0 and null when there is none
     */
    record Mismatch(String key, long expected, long actual, Json value) implements Outcome {}

    /** As many results are kept for repetitions as may be, and the oldest is promised for longer. */
    record Full(long kept) implements Outcome {}

    /** The shard has seen a higher epoch of the task. */
    record Fenced(String task, long epoch, long current) implements Outcome {}

    /** @param more whether the same command has more to do */
    record Compacted(boolean more) implements Outcome {}

    /**
     * What was due is done.
     *
     * @param more whether the limit ended it, so that the same command may have more to do
     */
    record Swept(int expired, int refreshed, int exchanges, boolean more) implements Outcome {}

    /** The text's slot is no longer in this shard: nothing was done. */
    record Moved(String text) implements Outcome {}

    /** The shard is split, now or by the same command before. */
    record Divided(Split split) implements Outcome {}

    /** The shard was not split. */
    record Undivided(String why) implements Outcome {}

    /** @param more whether the same command has more to do */
    record Cleaned(boolean more) implements Outcome {}

    /** Of a command's parts not all came, or not from one leader: it has no effect, and never will. */
    record Incomplete() implements Outcome {}

    /** A barrier passed, or a part that is not the last. */
    record Passed(long index) implements Outcome {}
}
