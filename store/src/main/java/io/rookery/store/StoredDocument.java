package io.rookery.store;

import io.rookery.api.Json;
import io.rookery.api.Operation;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * One version of a document as it is stored, among the documents while it is the latest and in the history afterwards:
 * 30 bytes of metadata and the body as it came. A deleted document's latest version is its tombstone.
 *
 * @param collection number of the collection's name; see {@link CollectionNames}
 * @param previous sequence number of the version before it, a tombstone too; 0 when there was none
 */
record StoredDocument(
        Operation operation, int collection, long sequence, long lastModified, long previous, byte[] value) {
    private static final int METADATA_BYTES = 2 + Integer.BYTES + 3 * Long.BYTES;

    static StoredDocument read(byte[] value) {
        ByteBuffer in = StoredFormat.read(value, "document");
        return new StoredDocument(
                StoredFormat.operation(in.get()), in.getInt(), in.getLong(), in.getLong(), in.getLong(), value);
    }

    static StoredDocument of(FeedRecord record, Json body) {
        int bodyBytes = body == null ? 0 : body.size();
        ByteBuffer out = ByteBuffer.allocate(METADATA_BYTES + bodyBytes)
                .put(StoredFormat.ONE)
                .put(StoredFormat.code(record.operation()))
                .putInt(record.collection())
                .putLong(record.sequence())
                .putLong(record.timestamp())
                .putLong(record.previous());
        if (body != null) {
            out.put(body.bytes());
        }
        return new StoredDocument(
                record.operation(),
                record.collection(),
                record.sequence(),
                record.timestamp(),
                record.previous(),
                out.array());
    }

    boolean isTombstone() {
        return operation == Operation.DELETE;
    }

    int bodyBytes() {
        return value.length - METADATA_BYTES;
    }

    Json body() {
        return Json.trusted(Arrays.copyOfRange(value, METADATA_BYTES, value.length));
    }
}
