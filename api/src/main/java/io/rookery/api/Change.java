package io.rookery.api;

import static java.util.Objects.requireNonNull;

/**
 * What happened to one document: an entry of the change feed, and what transforms and sinks work on.
 *
 * <p>One change may leave the transforms as several, all with the same sequence number and id; {@code target} then
 * names what the script loaded ({@code loadToOrders} → {@code Orders}), and is null everywhere else.
 *
 * @param sequence place in the shard's feed, from 1
 * @param timestamp milliseconds since the epoch of the commit's stamp
 * @param document the body after the change; null for a delete
 * @param before the body before it; null for an insert, or when not asked for
 */
public record Change(
        long sequence,
        Operation operation,
        String id,
        String collection,
        long timestamp,
        Json document,
        Json before,
        String target) {

    public Change {
        requireNonNull(operation, "operation is null");
        requireNonNull(id, "id is null");
        requireNonNull(collection, "collection is null");
        if ((document == null) != (operation == Operation.DELETE)) {
            throw new IllegalArgumentException("Expected a body exactly when not a delete: " + operation + " " + id);
        }
    }

    public boolean isDelete() {
        return operation == Operation.DELETE;
    }

    /** The same change with another body. */
    public Change withDocument(Json body) {
        return new Change(sequence, operation, id, collection, timestamp, body, before, target);
    }

    /** A row or message that a script loaded from this change under the name {@code target}. */
    public Change loadedTo(String target, Json body) {
        return new Change(sequence, operation, id, collection, timestamp, body, before, target);
    }

    /** What a target is told when the document stopped matching the filter. */
    public Change asDelete() {
        return new Change(sequence, Operation.DELETE, id, collection, timestamp, null, before, null);
    }
}
