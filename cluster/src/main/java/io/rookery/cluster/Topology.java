package io.rookery.cluster;

import java.util.List;
import java.util.Map;

/**
 * The cluster as the system shard's documents tell it.
 *
 * <p>Collections there: {@code @nodes} ({@code nodes/A}: tag, http, raft), {@code @databases} ({@code databases/shop}:
 * name, replicas, shards, and slots where there is more than one), {@code @connections}, {@code @tasks} ({@code tasks/NAME}: with {@code unit}, what is assigned
 * together, and {@code enabled}), {@code @assignments} ({@code assignments/UNIT}: unit, node, epoch).
 */
public record Topology(Map<String, Node> nodes, Map<String, Database> databases, Map<String, Assignment> assignments) {
    public record Node(String tag, String http, String raft) {}

    /**
     * @param shards their nodes' tags, by shard number
     * @param slots which shard an id belongs to
     */
    public record Database(String name, int replicas, List<Shard> shards, Slots slots) {
        Database withShards(List<Shard> others) {
            return new Database(name, replicas, others, slots);
        }
    }

    /**
     * @param nodes that have a replica, or shall have one
     * @param leaving those of them that shall have none any more as soon as all others are members
     */
    public record Shard(int number, String group, List<String> nodes, List<String> leaving) {
        public Shard(int number, String group, List<String> nodes) {
            this(number, group, nodes, List.of());
        }

        public List<String> staying() {
            return nodes.stream().filter(tag -> !leaving.contains(tag)).toList();
        }
    }

    /** @param epoch counts the unit's assignments; fences the former owner */
    public record Assignment(String unit, String node, long epoch) {}
}
