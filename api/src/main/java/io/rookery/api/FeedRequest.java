package io.rookery.api;

/**
 * A page of the change feed.
 *
 * @param after sequence number; the page starts behind it
 * @param limit most changes in the page
 * @param maxBytes soft bound of the bodies' size: the page ends after the change that passes it
 * @param collection null for all
 * @param before whether changes carry the body before them, where the window still has it
 */
public record FeedRequest(long after, int limit, long maxBytes, String collection, boolean before) {}
