package io.rookery.cluster.topology;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The cluster as the system shard's documents tell it.
 *
 * <p>Collections there: {@code @nodes} ({@code nodes/A}: tag, http, raft), {@code @databases} ({@code databases/shop}:
 * name, replicas, shards, slots where there is more than one, and its splits), {@code @connections}, {@code @tasks} ({@code tasks/NAME}: with {@code unit}, what is assigned
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
     * @param divisions all splits that are done, in order
     * @param splitting the one that is under way; empty when none is
     */
    public record Database(
            String name,
            int replicas,
            List<Shard> shards,
            Slots slots,
            List<Division> divisions,
            Optional<Splitting> splitting) {
        public Database {
            divisions = List.copyOf(divisions);
        }

        /** One that was never split. */
        public Database(String name, int replicas, List<Shard> shards, Slots slots) {
            this(name, replicas, shards, slots, List.of(), Optional.empty());
        }

        public Database withShards(List<Shard> others) {
            return new Database(name, replicas, others, slots, divisions, splitting);
        }

        public Database with(Optional<Splitting> changed) {
            return new Database(name, replicas, shards, slots, divisions, changed);
        }

        /** With the new shard of the split that was under way, at the place where it came to be. */
        public Database divided(long head, long index) {
            Splitting done = splitting.orElseThrow();
            List<Shard> more = new ArrayList<>(shards);
            more.add(new Shard(done.number(), done.group(), done.nodes()));
            List<Division> all = new ArrayList<>(divisions);
            all.add(new Division(done.shard(), done.number(), head, index));
            Slots given = slots.given(done.first(), done.last(), done.number());
            return new Database(name, replicas, List.copyOf(more), given, all, Optional.empty());
        }

        /** The shard that wrote a version that is in a shard now: of what a split moved it is the former one, for ever. */
        public int writer(int shard, long sequence) {
            int writer = shard;
            int at = shard;
            for (int i = divisions.size() - 1; i >= 0; i--) {
                Division division = divisions.get(i);
                if (division.from() == at || division.to() == at) {
                    at = division.from();
                    writer = sequence <= division.head() ? at : writer;
                }
            }
            return writer;
        }

        /** What is known of a shard's splits. */
        public Divided divided(int shard) {
            Map<Integer, Divided> known = new HashMap<>();
            for (Division division : divisions) {
                int before = known.getOrDefault(division.from(), Divided.NEVER).count();
                Divided now = new Divided(before + 1, division.index());
                known.put(division.from(), now);
                known.put(division.to(), now);
            }
            return known.getOrDefault(shard, Divided.NEVER);
        }
    }

    /**
     * A split that is done: both shards have the feed up to {@code head}.
     *
     * @param from the shard that gave slots
     * @param to the shard that has them
     * @param index of the entry that did it, in the log of the first; the other one's log begins behind it
     */
    public record Division(int from, int to, long head, long index) {}

    /**
     * How many splits a shard went through, with those that it came from.
     *
     * @param index of its log up to which a replica must be to know of all of them
     */
    public record Divided(int count, long index) {
        public static final Divided NEVER = new Divided(0, 0);
    }

    /**
     * A split that is under way.
     *
     * @param shard that gives the slots from the first to the last
     * @param number of the new shard
     * @param group of the new shard
     * @param nodes where it begins; empty until that is decided
     */
    public record Splitting(int shard, int number, String group, int first, int last, List<String> nodes) {
        public Splitting {
            nodes = List.copyOf(nodes);
        }

        public Splitting on(List<String> chosen) {
            return new Splitting(shard, number, group, first, last, chosen);
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
