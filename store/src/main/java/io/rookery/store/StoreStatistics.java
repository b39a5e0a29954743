package io.rookery.store;

import java.util.Map;

/**
 * Counts of one shard.
 *
 * @param documents by collection
 * @param oldestCheckpoint lowest delivered sequence number of the tasks that the shard knows; the head when there is none
 * @param revisions former versions that are kept beyond the feed's window
 */
public record StoreStatistics(
        Map<String, Long> documents,
        long tombstones,
        long head,
        long windowStart,
        long oldestCheckpoint,
        long revisions) {}
