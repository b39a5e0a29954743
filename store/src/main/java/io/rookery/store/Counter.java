package io.rookery.store;

import io.rookery.store.rocks.Space;
import java.nio.ByteBuffer;

/** A number in the state that apply counts up: an identity's last one, the newest index of compare-exchange values. */
final class Counter {
    private Counter() {}

    static long read(Draft draft, byte[] key) {
        return read(draft.get(Space.STATE, key));
    }

    /** @param value null for a counter that was never written */
    static long read(byte[] value) {
        return value == null ? 0 : StoredFormat.read(value, "counter").getLong();
    }

    static void write(Draft draft, byte[] key, long number) {
        draft.put(Space.STATE, key, bytes(number));
    }

    static byte[] bytes(long number) {
        return ByteBuffer.allocate(1 + Long.BYTES)
                .put(StoredFormat.ONE)
                .putLong(number)
                .array();
    }
}
