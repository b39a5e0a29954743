package io.rookery.store;

import io.rookery.api.Json;
import io.rookery.store.rocks.StoreFailure;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A compare-exchange value as it is stored: its index and the JSON as it came. One that expires is stored in format 2.
 *
 * @param expires milliseconds since the epoch; 0: never
 */
record ExchangeRecord(long index, Json value, long expires) {
    private static final int METADATA_BYTES = 1 + Long.BYTES;

    static ExchangeRecord read(byte[] value) {
        byte format = value.length == 0 ? 0 : value[0];
        if (format != StoredFormat.ONE && format != StoredFormat.TWO) {
            throw new StoreFailure("Expected a stored compare-exchange value of format 1 or 2 but found " + format);
        }
        ByteBuffer in = ByteBuffer.wrap(value, 1, value.length - 1);
        long index = in.getLong();
        long expires = format == StoredFormat.TWO ? in.getLong() : 0;
        return new ExchangeRecord(index, Json.trusted(Arrays.copyOfRange(value, in.position(), value.length)), expires);
    }

    byte[] write() {
        ByteBuffer out = ByteBuffer.allocate(METADATA_BYTES + (expires == 0 ? 0 : Long.BYTES) + value.size())
                .put(expires == 0 ? StoredFormat.ONE : StoredFormat.TWO)
                .putLong(index);
        if (expires != 0) {
            out.putLong(expires);
        }
        return out.put(value.bytes()).array();
    }
}
