package io.rookery.api;

/**
 * A stored document. The body is kept as the bytes that came, without {@code @metadata}.
 *
 * @param lastModified milliseconds since the epoch, stamped where the request entered
 */
public record Document(String id, String collection, ChangeVector changeVector, long lastModified, Json body, Due due) {
    /** One that stays until somebody deletes it. */
    public Document(String id, String collection, ChangeVector changeVector, long lastModified, Json body) {
        this(id, collection, changeVector, lastModified, body, Due.NEVER);
    }
}
