package io.rookery.api;

import java.util.List;

/**
 * Reads and writes of one shard that take effect together or not at all, strictly serializable.
 *
 * @param idempotencyKey null, or a text of at most 256 characters: a second transaction with it has no effect and
 *     gives the first one's result
 * @param fence null, or the task epoch that this is conditional on
 * @param timestamp milliseconds since the epoch, taken where the request entered; apply has no clock
 */
public record Transaction(List<Read> reads, List<Write> writes, String idempotencyKey, Fence fence, long timestamp) {
    public Transaction {
        reads = List.copyOf(reads);
        writes = List.copyOf(writes);
    }

    public static Transaction of(List<Write> writes, long timestamp) {
        return new Transaction(List.of(), writes, null, null, timestamp);
    }

    public static Transaction fenced(Fence fence, List<Write> writes, long timestamp) {
        return new Transaction(List.of(), writes, null, fence, timestamp);
    }
}
