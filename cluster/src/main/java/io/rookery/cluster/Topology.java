package io.rookery.cluster;

import java.util.List;
import java.util.Map;

/**
 * The cluster as the system shard's documents tell it.
 *
 * <p>Collections there: {@code @nodes} ({@code nodes/A}: tag, http, raft), {@code @databases} ({@code databases/shop}:
 * name, replicas, shards), {@code @connections}, {@code @tasks} ({@code tasks/NAME}: with {@code unit}, what is assigned
 * together, and {@code enabled}), {@code @assignments} ({@code assignments/UNIT}: unit, node, epoch).
 */
public record Topology(Map<String, Node> nodes, Map<String, Database> databases, Map<String, Assignment> assignments) {
    public record Node(String tag, String http, String raft) {}

    /** @param shards their nodes' tags, by shard number */
    public record Database(String name, int replicas, List<Shard> shards) {}

    public record Shard(int number, String group, List<String> nodes) {}

    /** @param epoch counts the unit's assignments; fences the former owner */
    public record Assignment(String unit, String node, long epoch) {}
}
