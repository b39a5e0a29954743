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
 */
public record CommitResult(long index, long sequence, List<ChangeVector> changeVectors, boolean repeated) {
    public CommitResult {
        changeVectors = List.copyOf(changeVectors);
    }
}
