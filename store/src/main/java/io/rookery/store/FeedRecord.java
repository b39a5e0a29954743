package io.rookery.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.rookery.api.Operation;
import java.nio.ByteBuffer;

/**
 * A place of the feed as it is stored: which document changed, and how; the bodies are elsewhere.
 *
 * @param sequence its key, not part of the value
 * @param previous sequence number of the document's version before it, a tombstone too; 0 when there was none
 * @param bodyBytes size of the body, so that a page is bounded before bodies are read
 * @param beforeBytes size of the body before it
 */
record FeedRecord(
        long sequence,
        Operation operation,
        int collection,
        long previous,
        long timestamp,
        int bodyBytes,
        int beforeBytes,
        String id) {
    private static final int FIXED_BYTES = 2 + 3 * Integer.BYTES + 2 * Long.BYTES;

    static FeedRecord read(long sequence, byte[] value) {
        ByteBuffer in = StoredFormat.read(value, "feed record");
        return new FeedRecord(
                sequence,
                StoredFormat.operation(in.get()),
                in.getInt(),
                in.getLong(),
                in.getLong(),
                in.getInt(),
                in.getInt(),
                new String(value, FIXED_BYTES, value.length - FIXED_BYTES, UTF_8));
    }

    byte[] write() {
        byte[] text = id.getBytes(UTF_8);
        return ByteBuffer.allocate(FIXED_BYTES + text.length)
                .put(StoredFormat.ONE)
                .put(StoredFormat.code(operation))
                .putInt(collection)
                .putLong(previous)
                .putLong(timestamp)
                .putInt(bodyBytes)
                .putInt(beforeBytes)
                .put(text)
                .array();
    }
}
