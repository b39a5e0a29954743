package io.rookery.server.http;

import io.rookery.api.Json;
import io.rookery.cluster.ClusterNode;
import io.rookery.cluster.ReplicatedStore;
import io.rookery.cluster.ShardStatus;
import io.rookery.cluster.topology.Topology;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** What the nodes that answer say of their shards. */
final class ClusterView {
    static final String SYSTEM = "@system";

    private static final String SHARDS = "@shards";
    private static final long PATIENCE_SECONDS = 2;

    private final ClusterNode node;

    /**
     * @param alive tags of the nodes that answered
     * @param shards each shard as its leader sees it, else as anybody does; by name, as {@code shop/0}
     * @param supervision what this node knows of it
     */
    record Seen(Set<String> alive, Map<String, Map<String, Object>> shards, Topology.Supervision supervision) {
        /**
         * The nodes that have the shard, the one to ask first in front: members before those in rehab, before those that do
         * not vote yet; among them who answers, is not drained, leads.
         */
        List<Replica> replicas(String database, int shard, List<String> wished) {
            Map<String, Object> seen = shards.getOrDefault(database + '/' + shard, Map.of());
            Set<String> tags = new LinkedHashSet<>(wished);
            List<String> members = new ArrayList<>();
            if (seen.get("members") instanceof List<?> list) {
                list.forEach(tag -> members.add((String) tag));
            }
            tags.addAll(members);
            List<Replica> replicas = new ArrayList<>();
            for (String tag : tags) {
                // nobody who answers knows the members: what is wished is all there is to say
                boolean votes = members.isEmpty() || members.contains(tag);
                replicas.add(new Replica(
                        tag,
                        part(database, shard, tag, votes),
                        tag.equals(seen.get("leader")),
                        alive.contains(tag),
                        supervision.draining().contains(tag)));
            }
            replicas.sort(Replica.FIRST_TO_ASK);
            return replicas;
        }

        private Part part(String database, int shard, String tag, boolean votes) {
            if (!votes) {
                return Part.PROMOTABLE;
            }
            if (database.equals(SYSTEM)) {
                return supervision.watchers().contains(tag) ? Part.WATCHER : Part.MEMBER;
            }
            return supervision.inRehab(database, shard, tag) ? Part.REHAB : Part.MEMBER;
        }

        long term(String database, int shard) {
            Map<String, Object> seen = shards.getOrDefault(database + '/' + shard, Map.of());
            return seen.get("term") instanceof Long term ? term : 0;
        }
    }

    /** RavenDB's words for what a node is in a shard; in the order in which clients are to ask. */
    enum Part {
        MEMBER("Member"),
        WATCHER("Watcher"),
        REHAB("Rehab"),
        PROMOTABLE("Promotable");

        private final String word;

        Part(String word) {
            this.word = word;
        }
    }

    /** A node's part in a shard. */
    record Replica(String tag, Part part, boolean leads, boolean alive, boolean drained) {
        static final Comparator<Replica> FIRST_TO_ASK = Comparator.comparing(Replica::part)
                .thenComparing(Replica::alive, Comparator.reverseOrder())
                .thenComparing(Replica::drained)
                .thenComparing(Replica::leads, Comparator.reverseOrder());

        /** The node's part in two shards of a database together: as good as it is in the better one. */
        Replica and(Replica other) {
            Part better = part.compareTo(other.part) <= 0 ? part : other.part;
            return new Replica(tag, better, leads || other.leads, alive, drained);
        }

        String role() {
            return part.word;
        }
    }

    ClusterView(ClusterNode node) {
        this.node = node;
        node.messenger()
                .handle(
                        SHARDS,
                        question -> CompletableFuture.completedFuture(
                                Json.of(shardsHere()).bytes()));
    }

    CompletableFuture<Seen> ask() {
        Map<String, CompletableFuture<byte[]>> answers = new TreeMap<>();
        Topology topology = node.topology();
        for (String tag : topology.nodes().keySet()) {
            answers.put(
                    tag,
                    node.messenger()
                            .ask(tag, SHARDS, new byte[0])
                            .completeOnTimeout(null, PATIENCE_SECONDS, TimeUnit.SECONDS)
                            .exceptionally(failure -> null));
        }
        return CompletableFuture.allOf(answers.values().toArray(CompletableFuture[]::new))
                .thenApply(all -> {
                    Map<String, List<?>> seen = new TreeMap<>();
                    answers.forEach((tag, answer) -> {
                        if (answer.join() != null) {
                            seen.put(tag, (List<?>) Json.parse(answer.join()).value());
                        }
                    });
                    return new Seen(seen.keySet(), shards(seen), topology.supervision());
                });
    }

    private static Map<String, Map<String, Object>> shards(Map<String, List<?>> seen) {
        Map<String, Map<String, Object>> best = new TreeMap<>();
        seen.forEach((tag, list) -> list.forEach(item -> {
            @SuppressWarnings("unchecked")
            Map<String, Object> shard = (Map<String, Object>) item;
            String name = shard.get("database") + "/" + shard.get("shard");
            best.merge(name, shard, (one, other) -> better(one, other) ? one : other);
        }));
        return best;
    }

    private static boolean better(Map<String, Object> one, Map<String, Object> other) {
        boolean leads = "LEADER".equals(one.get("role"));
        if (leads != "LEADER".equals(other.get("role"))) {
            return leads;
        }
        return (Long) one.get("term") >= (Long) other.get("term");
    }

    private List<Map<String, Object>> shardsHere() {
        return node.replicas().stream().map(this::shard).toList();
    }

    private Map<String, Object> shard(ReplicatedStore store) {
        ShardStatus status = store.status();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("database", status.database());
        json.put("shard", status.shard());
        json.put("node", node.tag());
        json.put("leader", status.leader());
        json.put("role", status.role());
        json.put("term", status.term());
        json.put("applied", status.applied());
        json.put("members", store.members());
        List<Map<String, Object>> peers = new ArrayList<>();
        new TreeMap<>(status.lag()).forEach((tag, lag) -> peers.add(Map.of("tag", tag, "lag", lag)));
        json.put("peers", peers);
        return json;
    }
}
