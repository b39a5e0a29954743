package io.rookery.cluster.topology;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Chooses nodes for shards so that none has many more replicas than another, nor more shards that begin on it: a shard's
 * first node makes its Raft group and leads it at first. Counts what it has chosen. One thread.
 */
public final class Placement {
    private final Map<String, Integer> replicas = new HashMap<>();
    private final Map<String, Integer> firsts = new HashMap<>();

    public Placement(Collection<Topology.Database> databases) {
        databases.forEach(database -> database.shards().forEach(shard -> count(shard.nodes())));
    }

    private void count(List<String> nodes) {
        nodes.forEach(tag -> replicas.merge(tag, 1, Integer::sum));
        if (!nodes.isEmpty()) {
            firsts.merge(nodes.get(0), 1, Integer::sum);
        }
    }

    /**
     * How many more replicas the candidates have room for.
     *
     * @param most replicas that a node may have
     */
    public int room(List<String> candidates, int most) {
        return candidates.stream()
                .mapToInt(tag -> Math.max(0, most - replicas.getOrDefault(tag, 0)))
                .sum();
    }

    /**
     * The nodes that a shard has, and as many more as it wants while there are some.
     *
     * @param candidates in order of their tags
     */
    public List<String> fill(List<String> has, int wanted, List<String> candidates) {
        List<String> nodes = new ArrayList<>(has);
        List<String> free = new ArrayList<>(candidates);
        free.removeAll(has);
        if (nodes.isEmpty() && !free.isEmpty()) {
            String first = free.stream()
                    .min(Comparator.<String>comparingInt(tag -> firsts.getOrDefault(tag, 0))
                            .thenComparingInt(tag -> replicas.getOrDefault(tag, 0)))
                    .orElseThrow();
            free.remove(first);
            nodes.add(first);
            firsts.merge(first, 1, Integer::sum);
            replicas.merge(first, 1, Integer::sum);
        }
        // among equals the one behind the first, round the ring: so shards side by side share their nodes out evenly
        free.sort(Comparator.<String>comparingInt(tag -> replicas.getOrDefault(tag, 0))
                .thenComparing(tag -> tag.compareTo(nodes.get(0)) < 0)
                .thenComparing(Comparator.naturalOrder()));
        free.stream().limit(Math.max(0, wanted - nodes.size())).forEach(tag -> {
            nodes.add(tag);
            replicas.merge(tag, 1, Integer::sum);
        });
        return List.copyOf(nodes);
    }
}
