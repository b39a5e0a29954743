package io.rookery.api;

import java.util.List;

/**
 * A page of the change feed, in order of sequence numbers.
 *
 * @param last everything up to here was looked at: the place to go on from, also when nothing matched
 * @param head newest sequence number of the shard when the page was read
 * @param removed sequence number of the newest tombstone that was removed; see {@link FeedRequest#removed()}
 */
public record FeedPage(List<Change> changes, long last, long head, long removed) {
    public FeedPage(List<Change> changes, long last, long head) {
        this(changes, last, head, 0);
    }

    public FeedPage {
        changes = List.copyOf(changes);
    }
}
