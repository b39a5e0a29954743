package io.rookery.cluster;

import io.rookery.store.StoreStatistics;

/**
 * What a shard has, as one of its replicas counts it.
 *
 * @param tag of its newest change vector
 * @param size bytes on the replica's disk
 */
public record ShardStatistics(String tag, StoreStatistics counts, long size) {}
