package io.rookery.store;

import io.rookery.api.Checkpoint;
import java.nio.ByteBuffer;

/**
 * What the shard knows of a task.
 *
 * @param epoch the highest one seen; writers of lower ones are fenced
 * @param checkpoint null before the first: such a task does not hold back the feed's compaction
 */
record TaskRecord(long epoch, Checkpoint checkpoint) {
    static final TaskRecord UNKNOWN = new TaskRecord(0, null);

    static TaskRecord read(byte[] value) {
        ByteBuffer in = StoredFormat.read(value, "task record");
        long epoch = in.getLong();
        return new TaskRecord(
                epoch, in.hasRemaining() ? new Checkpoint(in.getLong(), in.getLong(), in.getLong()) : null);
    }

    byte[] write() {
        ByteBuffer out = ByteBuffer.allocate(1 + Long.BYTES * (checkpoint == null ? 1 : 4))
                .put(StoredFormat.ONE)
                .putLong(epoch);
        if (checkpoint != null) {
            out.putLong(checkpoint.epoch()).putLong(checkpoint.sequence()).putLong(checkpoint.retried());
        }
        return out.array();
    }

    TaskRecord raisedTo(long seen) {
        return seen > epoch ? new TaskRecord(seen, checkpoint) : this;
    }
}
