package io.rookery.api;

import java.util.List;

/**
 * A page of the change feed, in order of sequence numbers.
 *
 * @param last everything up to here was looked at: the place to go on from, also when nothing matched
 * @param head newest sequence number of the shard when the page was read
 */
public record FeedPage(List<Change> changes, long last, long head) {
    public FeedPage {
        changes = List.copyOf(changes);
    }
}
