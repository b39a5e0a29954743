package io.rookery.api;

import java.util.List;

/**
 * What a committed transaction did.
 *
 * @param index log index at which it was applied; a reader that has applied it sees the transaction's effect
 * @param sequence the shard's newest sequence number after it
 * @param changeVectors one for each write, in order: the document's version after a put, the tombstone's after a
 *     delete, {@link ChangeVector#NONE} for what is no document or changed nothing
 * @param repeated true when the idempotency key was known and this is the first one's result
 * @param numbers one for each write, in order: what apply counted for it, the index of a compare-exchange value or the
 *     number of an identity, 0 for all others; empty when nothing was counted
 */
public record CommitResult(
        long index, long sequence, List<ChangeVector> changeVectors, boolean repeated, List<Long> numbers) {
    public CommitResult {
        changeVectors = List.copyOf(changeVectors);
        numbers = List.copyOf(numbers);
        if (!numbers.isEmpty() && numbers.size() != changeVectors.size()) {
            throw new IllegalArgumentException(
                    "Expected " + changeVectors.size() + " numbers but found " + numbers.size());
        }
    }

    /** Of writes that count nothing. */
    public CommitResult(long index, long sequence, List<ChangeVector> changeVectors, boolean repeated) {
        this(index, sequence, changeVectors, repeated, List.of());
    }

    /** The number that apply counted for a write; 0 when none. */
    public long number(int write) {
        return numbers.isEmpty() ? 0 : numbers.get(write);
    }
}
