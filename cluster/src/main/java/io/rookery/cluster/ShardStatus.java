package io.rookery.cluster;

import java.util.Map;

/**
 * A shard as this node sees it.
 *
 * @param role LEADER, FOLLOWER, CANDIDATE…
 * @param leader node tag; null when none is known
 * @param applied log index that this node has applied
 * @param lag on the leader: for each other node tag how many log entries it is behind; empty elsewhere
 */
public record ShardStatus(
        String database, int shard, String role, String leader, long term, long applied, Map<String, Long> lag) {}
