package io.rookery.cluster.topology;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The cluster as the system shard's documents tell it.
 *
 * <p>Collections there: {@code @nodes} ({@code nodes/A}: tag, http, raft), {@code @databases} ({@code databases/shop}:
 * name, replicas, shards, and slots where there is more than one), {@code @connections}, {@code @tasks} ({@code tasks/NAME}: with {@code unit}, what is assigned
 * together, and {@code enabled}), {@code @assignments} ({@code assignments/UNIT}: unit, node, epoch), {@code @replicas} ({@code replicas/GROUP}: those
 * in rehab and those that replace them), {@code @supervisor}.
 */
public record Topology(
        Map<String, Node> nodes,
        Map<String, Database> databases,
        Map<String, Assignment> assignments,
        Supervision supervision) {
    public record Node(String tag, String http, String raft) {}

    /**
     * @param shards their nodes' tags, by shard number
     * @param slots which shard an id belongs to
     */
    public record Database(String name, int replicas, List<Shard> shards, Slots slots) {
        public Database withShards(List<Shard> others) {
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

        public Shard with(List<String> changed) {
            return new Shard(
                    number,
                    group,
                    List.copyOf(changed),
                    leaving.stream().filter(changed::contains).toList());
        }
    }

    /** @param epoch counts the unit's assignments; fences the former owner */
    public record Assignment(String unit, String node, long epoch) {}

    /**
     * What operators asked of the supervisor and what it holds of the replicas.
     *
     * @param draining tags of nodes that lead nothing and run no tasks
     * @param watchers tags of nodes that do not lead the cluster itself
     */
    public record Supervision(boolean suspended, Set<String> draining, Set<String> watchers, List<Rehab> rehab) {
        public static final Supervision NONE = new Supervision(false, Set.of(), Set.of(), List.of());

        public Supervision {
            draining = Set.copyOf(draining);
            watchers = Set.copyOf(watchers);
            rehab = List.copyOf(rehab);
        }

        public boolean inRehab(String database, int shard, String tag) {
            return rehab.stream()
                    .anyMatch(found -> found.tag().equals(tag)
                            && found.shard() == shard
                            && found.database().equals(database));
        }
    }

    /**
     * A replica that is presumed stale until it has caught up.
     *
     * @param since Unix time in milliseconds
     */
    public record Rehab(String database, int shard, String tag, long since, String why) {}
}
