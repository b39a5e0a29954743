package io.rookery.store;

import io.rookery.store.rocks.Space;
import java.nio.ByteBuffer;

/**
 * A 128-bit sum over all keys and values: what is put is added, what is overwritten or deleted is subtracted, so the
 * order does not matter and a write costs no scan. Finds divergence and damage, not a forger.
 */
final class StateSum {
    private static final int KEPT_BUFFER_BYTES = 64 << 10;

    private byte[] buffer = new byte[4 << 10];
    private long high;
    private long low;

    StateSum(long high, long low) {
        this.high = high;
        this.low = low;
    }

    void add(Space space, byte[] key, byte[] value) {
        long[] part = part(space, key, value);
        low += part[1];
        high += part[0] + (Long.compareUnsigned(low, part[1]) < 0 ? 1 : 0);
    }

    void subtract(Space space, byte[] key, byte[] value) {
        long[] part = part(space, key, value);
        high -= part[0] + (Long.compareUnsigned(low, part[1]) < 0 ? 1 : 0);
        low -= part[1];
    }

    private long[] part(Space space, byte[] key, byte[] value) {
        int length = 1 + Integer.BYTES + key.length + value.length;
        byte[] bytes = length <= buffer.length ? buffer : new byte[length];
        ByteBuffer.wrap(bytes)
                .put((byte) space.number())
                .putInt(key.length)
                .put(key)
                .put(value);
        if (length <= KEPT_BUFFER_BYTES) {
            buffer = bytes;
        }
        return Murmur.hash(bytes, length);
    }

    long high() {
        return high;
    }

    long low() {
        return low;
    }

    StateHash at(long index) {
        return new StateHash(index, high, low);
    }
}
