package io.rookery.server.http;

import io.rookery.api.ErrorCode;
import io.rookery.api.Json;
import io.rookery.api.RookeryException;
import io.rookery.cluster.ClusterNode;
import io.rookery.cluster.ReplicatedStore;
import io.rookery.cluster.ShardStatus;
import io.rookery.cluster.Topology;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** {@code /cluster}: nodes and shards as all nodes that answer see them; nodes come and go. */
final class ClusterResource {
    private static final String SHARDS = "@shards";
    private static final long PATIENCE_SECONDS = 2;
    private static final Pattern TAG = Pattern.compile("[A-Z]{1,4}");

    private final ClusterNode node;

    ClusterResource(ClusterNode node) {
        this.node = node;
        node.messenger()
                .handle(
                        SHARDS,
                        question -> CompletableFuture.completedFuture(
                                Json.of(shardsHere()).bytes()));
    }

    void addTo(Routes routes) {
        routes.add("GET", "/cluster", Routes.Pool.ADMIN, ask -> get());
        routes.add("POST", "/cluster/nodes", Routes.Pool.ADMIN, this::addNode);
        routes.add("DELETE", "/cluster/nodes/{tag}", Routes.Pool.ADMIN, this::removeNode);
    }

    private CompletableFuture<Reply> addNode(Ask ask) {
        Map<String, Object> body = ask.json().asObject();
        Topology.Node added = new Topology.Node(text(body, "tag"), text(body, "url"), text(body, "raft"));
        if (!TAG.matcher(added.tag()).matches()) {
            throw new RookeryException(
                    ErrorCode.BAD_REQUEST,
                    "Expected a node tag of 1 to 4 capital letters but found '" + added.tag() + "'");
        }
        return node.addNode(added).thenApply(done -> Reply.json(201, Map.of("tag", added.tag())));
    }

    private CompletableFuture<Reply> removeNode(Ask ask) {
        return node.removeNode(ask.path("tag")).thenApply(done -> Reply.status(204));
    }

    private static String text(Map<String, Object> body, String name) {
        if (body.get(name) instanceof String text && !text.isBlank()) {
            return text;
        }
        throw new RookeryException(
                ErrorCode.BAD_REQUEST, "Expected {\"tag\", \"url\", \"raft\"} with texts but '" + name + "' is none");
    }

    private CompletableFuture<Reply> get() {
        Topology topology = node.topology();
        Map<String, CompletableFuture<byte[]>> answers = new TreeMap<>();
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
                    return Reply.json(cluster(topology, seen));
                });
    }

    private Map<String, Object> cluster(Topology topology, Map<String, List<?>> seen) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", node.clusterId().orElse(null));
        json.put("tag", node.tag());
        List<Map<String, Object>> nodes = new ArrayList<>();
        topology.nodes().forEach((tag, known) -> {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("tag", tag);
            one.put("url", known.http());
            one.put("raft", known.raft());
            one.put("alive", seen.containsKey(tag));
            nodes.add(one);
        });
        List<Map<String, Object>> shards = shards(seen);
        json.put(
                "leader",
                shards.stream()
                        .filter(shard -> "@system".equals(shard.get("database")))
                        .map(shard -> shard.get("leader"))
                        .filter(Objects::nonNull)
                        .findFirst()
                        .orElse(null));
        json.put("nodes", nodes);
        json.put("shards", shards);
        return json;
    }

    /** Each shard as its leader sees it, else as anybody does. */
    private static List<Map<String, Object>> shards(Map<String, List<?>> seen) {
        Map<String, Map<String, Object>> best = new TreeMap<>();
        seen.forEach((tag, list) -> list.forEach(item -> {
            @SuppressWarnings("unchecked")
            Map<String, Object> shard = (Map<String, Object>) item;
            String name = shard.get("database") + "/" + shard.get("shard");
            best.merge(name, shard, (one, other) -> better(one, other) ? one : other);
        }));
        return List.copyOf(best.values());
    }

    private static boolean better(Map<String, Object> one, Map<String, Object> other) {
        boolean leads = "LEADER".equals(one.get("role"));
        if (leads != "LEADER".equals(other.get("role"))) {
            return leads;
        }
        return (Long) one.get("term") >= (Long) other.get("term");
    }

    private List<Map<String, Object>> shardsHere() {
        return node.replicas().stream()
                .map(ReplicatedStore::status)
                .map(this::shard)
                .toList();
    }

    private Map<String, Object> shard(ShardStatus status) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("database", status.database());
        json.put("shard", status.shard());
        json.put("node", node.tag());
        json.put("leader", status.leader());
        json.put("role", status.role());
        json.put("term", status.term());
        json.put("applied", status.applied());
        List<Map<String, Object>> peers = new ArrayList<>();
        new TreeMap<>(status.lag()).forEach((tag, lag) -> peers.add(Map.of("tag", tag, "lag", lag)));
        json.put("peers", peers);
        return json;
    }
}
