package io.rookery.store;

import io.rookery.api.ChangeVector;
import io.rookery.api.CommitResult;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** The result of a transaction that carried an idempotency key, and when that transaction was stamped. */
record IdempotencyRecord(long timestamp, long index, long sequence, List<Long> versions) {
    static IdempotencyRecord read(byte[] value) {
        ByteBuffer in = StoredFormat.read(value, "idempotency record");
        long timestamp = in.getLong();
        long index = in.getLong();
        long sequence = in.getLong();
        List<Long> versions = new ArrayList<>(in.remaining() / Long.BYTES);
        while (in.hasRemaining()) {
            versions.add(in.getLong());
        }
        return new IdempotencyRecord(timestamp, index, sequence, versions);
    }

    static IdempotencyRecord of(CommitResult result, long timestamp) {
        List<Long> versions =
                result.changeVectors().stream().map(ChangeVector::sequence).toList();
        return new IdempotencyRecord(timestamp, result.index(), result.sequence(), versions);
    }

    byte[] write() {
        ByteBuffer out = ByteBuffer.allocate(1 + Long.BYTES * (3 + versions.size()))
                .put(StoredFormat.ONE)
                .putLong(timestamp)
                .putLong(index)
                .putLong(sequence);
        versions.forEach(out::putLong);
        return out.array();
    }

    /** What a repetition is answered. */
    CommitResult repeated(String tag) {
        List<ChangeVector> vectors = versions.stream()
                .map(version -> version == 0 ? ChangeVector.NONE : new ChangeVector(tag, version))
                .toList();
        return new CommitResult(index, sequence, vectors, true);
    }
}
