package io.rookery.store;

import io.rookery.api.Due;
import io.rookery.api.Json;
import io.rookery.api.Operation;
import io.rookery.store.rocks.StoreFailure;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * One version of a document as it is stored, among the documents while it is the latest and in the history afterwards:
 * 30 bytes of metadata and the body as it came. A deleted document's latest version is its tombstone. One that expires
 * or is to be refreshed is stored in format 2, with 16 bytes more.
 *
 * @param collection number of the collection's name; see {@link CollectionNames}
 * @param previous sequence number of the version before it, a tombstone too; 0 when there was none
 */
record StoredDocument(
        Operation operation, int collection, long sequence, long lastModified, long previous, Due due, byte[] value) {
    private static final int METADATA_BYTES = 2 + Integer.BYTES + 3 * Long.BYTES;
    private static final int DUE_BYTES = 2 * Long.BYTES;

    static StoredDocument read(byte[] value) {
        byte format = value.length == 0 ? 0 : value[0];
        if (format != StoredFormat.ONE && format != StoredFormat.TWO) {
            throw new StoreFailure("Expected a stored document of format 1 or 2 but found " + format);
        }
        ByteBuffer in = ByteBuffer.wrap(value, 1, value.length - 1);
        Operation operation = StoredFormat.operation(in.get());
        int collection = in.getInt();
        long sequence = in.getLong();
        long lastModified = in.getLong();
        long previous = in.getLong();
        Due due = format == StoredFormat.TWO ? new Due(in.getLong(), in.getLong()) : Due.NEVER;
        return new StoredDocument(operation, collection, sequence, lastModified, previous, due, value);
    }

    static StoredDocument of(FeedRecord record, Json body, Due due) {
        int bodyBytes = body == null ? 0 : body.size();
        boolean plain = due.equals(Due.NEVER);
        ByteBuffer out = ByteBuffer.allocate(METADATA_BYTES + (plain ? 0 : DUE_BYTES) + bodyBytes)
                .put(plain ? StoredFormat.ONE : StoredFormat.TWO)
                .put(StoredFormat.code(record.operation()))
                .putInt(record.collection())
                .putLong(record.sequence())
                .putLong(record.timestamp())
                .putLong(record.previous());
        if (!plain) {
            out.putLong(due.expires()).putLong(due.refresh());
        }
        if (body != null) {
            out.put(body.bytes());
        }
        return new StoredDocument(
                record.operation(),
                record.collection(),
                record.sequence(),
                record.timestamp(),
                record.previous(),
                due,
                out.array());
    }

    boolean isTombstone() {
        return operation == Operation.DELETE;
    }

    int bodyBytes() {
        return value.length - metadataBytes();
    }

    Json body() {
        return Json.trusted(Arrays.copyOfRange(value, metadataBytes(), value.length));
    }

    private int metadataBytes() {
        return METADATA_BYTES + (value[0] == StoredFormat.TWO ? DUE_BYTES : 0);
    }
}
