package io.rookery.store;

import java.nio.ByteBuffer;

/** Up to where the log is applied, and the state's hash there: written in the same batch as what was applied. */
record AppliedRecord(TermIndex at, long high, long low) {
    static final AppliedRecord NONE = new AppliedRecord(TermIndex.NONE, 0, 0);

    /** @param value null in a store that was never written */
    static AppliedRecord read(byte[] value) {
        if (value == null) {
            return NONE;
        }
        ByteBuffer in = StoredFormat.read(value, "applied index");
        return new AppliedRecord(new TermIndex(in.getLong(), in.getLong()), in.getLong(), in.getLong());
    }

    byte[] write() {
        return ByteBuffer.allocate(1 + 4 * Long.BYTES)
                .put(StoredFormat.ONE)
                .putLong(at.term())
                .putLong(at.index())
                .putLong(high)
                .putLong(low)
                .array();
    }

    StateHash hash() {
        return new StateHash(at.index(), high, low);
    }
}
