package io.rookery.store;

import io.rookery.api.ChangeVector;
import io.rookery.api.CommitResult;
import io.rookery.store.rocks.StoreFailure;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The result of a transaction that carried an idempotency key, and when that transaction was stamped. Without numbers
 * it is stored in format 1, with them in format 2.
 *
 * @param numbers see {@link CommitResult#numbers()}
 */
record IdempotencyRecord(long timestamp, long index, long sequence, List<Long> versions, List<Long> numbers) {
    IdempotencyRecord(long timestamp, long index, long sequence, List<Long> versions) {
        this(timestamp, index, sequence, versions, List.of());
    }

    static IdempotencyRecord read(byte[] value) {
        byte format = value.length == 0 ? 0 : value[0];
        if (format != StoredFormat.ONE && format != StoredFormat.TWO) {
            throw new StoreFailure("Expected a stored idempotency record of format 1 or 2 but found " + format);
        }
        ByteBuffer in = ByteBuffer.wrap(value, 1, value.length - 1);
        long timestamp = in.getLong();
        long index = in.getLong();
        long sequence = in.getLong();
        int rest = in.remaining() / Long.BYTES;
        int versions = format == StoredFormat.ONE ? rest : rest / 2;
        return new IdempotencyRecord(timestamp, index, sequence, longs(in, versions), longs(in, rest - versions));
    }

    private static List<Long> longs(ByteBuffer in, int count) {
        List<Long> longs = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            longs.add(in.getLong());
        }
        return longs;
    }

    static IdempotencyRecord of(CommitResult result, long timestamp) {
        List<Long> versions =
                result.changeVectors().stream().map(ChangeVector::sequence).toList();
        return new IdempotencyRecord(timestamp, result.index(), result.sequence(), versions, result.numbers());
    }

    byte[] write() {
        ByteBuffer out = ByteBuffer.allocate(1 + Long.BYTES * (3 + versions.size() + numbers.size()))
                .put(numbers.isEmpty() ? StoredFormat.ONE : StoredFormat.TWO)
                .putLong(timestamp)
                .putLong(index)
                .putLong(sequence);
        versions.forEach(out::putLong);
        numbers.forEach(out::putLong);
        return out.array();
    }

    /** What a repetition is answered. */
    CommitResult repeated(Splits splits) {
        List<ChangeVector> vectors = versions.stream()
                .map(version -> version == 0 ? ChangeVector.NONE : splits.vector(version))
                .toList();
        return new CommitResult(index, sequence, vectors, true, numbers);
    }
}
