package io.rookery.api;

/**
 * A page of the change feed.
 *
 * @param after sequence number; the page starts behind it
 * @param limit most changes in the page
 * @param maxBytes soft bound of the bodies' size: the page ends after the change that passes it
 * @param collection null for all
 * @param before whether changes carry the body before them, where the window still has it
 * @param removed {@link FeedPage#removed()} of the first page of a reader that began at 0: what was removed before it
 *     began it cannot miss, so that is not GONE for it. 0 for a reader that goes on from a place it remembered
 */
public record FeedRequest(long after, int limit, long maxBytes, String collection, boolean before, long removed) {
    public FeedRequest(long after, int limit, long maxBytes, String collection, boolean before) {
        this(after, limit, maxBytes, collection, before, 0);
    }
}
