package io.rookery.store;

import java.nio.ByteBuffer;

/**
 * A shard's counters as they are stored.
 *
 * @param head newest sequence number
 * @param windowStart sequence number from which on the feed has every version; the compaction goes on from here
 * @param tombstonesFrom sequence number from which on the compaction has not looked for tombstones
 * @param removedTombstone the newest tombstone that was removed; 0 when none was
 * @param tombstones how many documents are tombstones now
 * @param oldestIdempotency place of the oldest idempotency record
 * @param nextIdempotency place of the next one
 */
record ShardRecord(
        long head,
        long windowStart,
        long tombstonesFrom,
        long removedTombstone,
        long tombstones,
        long oldestIdempotency,
        long nextIdempotency) {
    static final ShardRecord EMPTY = new ShardRecord(0, 1, 1, 0, 0, 0, 0);

    /** @param value null in a store that was never written */
    static ShardRecord read(byte[] value) {
        if (value == null) {
            return EMPTY;
        }
        ByteBuffer in = StoredFormat.read(value, "shard record");
        return new ShardRecord(
                in.getLong(), in.getLong(), in.getLong(), in.getLong(), in.getLong(), in.getLong(), in.getLong());
    }

    byte[] write() {
        return ByteBuffer.allocate(1 + 7 * Long.BYTES)
                .put(StoredFormat.ONE)
                .putLong(head)
                .putLong(windowStart)
                .putLong(tombstonesFrom)
                .putLong(removedTombstone)
                .putLong(tombstones)
                .putLong(oldestIdempotency)
                .putLong(nextIdempotency)
                .array();
    }
}
