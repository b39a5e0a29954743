package io.rookery.store;

import io.rookery.api.Json;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** A compare-exchange value as it is stored: its index and the JSON as it came. */
record ExchangeRecord(long index, Json value) {
    private static final int METADATA_BYTES = 1 + Long.BYTES;

    static ExchangeRecord read(byte[] value) {
        ByteBuffer in = StoredFormat.read(value, "compare-exchange value");
        return new ExchangeRecord(in.getLong(), Json.trusted(Arrays.copyOfRange(value, METADATA_BYTES, value.length)));
    }

    byte[] write() {
        return ByteBuffer.allocate(METADATA_BYTES + value.size())
                .put(StoredFormat.ONE)
                .putLong(index)
                .put(value.bytes())
                .array();
    }
}
