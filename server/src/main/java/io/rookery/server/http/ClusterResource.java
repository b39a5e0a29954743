package io.rookery.server.http;

import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import io.rookery.cluster.ClusterNode;
import io.rookery.cluster.topology.Topology;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.regex.Pattern;

/** {@code /cluster}: nodes and shards as all nodes that answer see them; nodes come and go. */
final class ClusterResource {
    private static final Pattern TAG = Pattern.compile("[A-Z]{1,4}");

    private final ClusterNode node;
    private final ClusterView view;
    private final NodeStates states;

    ClusterResource(ClusterNode node, ClusterView view) {
        this.node = node;
        this.view = view;
        states = new NodeStates(node);
    }

    void addTo(Routes routes) {
        routes.add("GET", "/cluster", Routes.Pool.ADMIN, ask -> get());
        routes.add("POST", "/cluster/nodes", Routes.Pool.ADMIN, this::addNode);
        routes.add("DELETE", "/cluster/nodes/{tag}", Routes.Pool.ADMIN, this::removeNode);
        addTo(routes, "promote", node::promoteNode);
        addTo(routes, "demote", node::demoteNode);
        addTo(routes, "drain", node::drainNode);
        addTo(routes, "undrain", node::undrainNode);
    }

    private void addTo(Routes routes, String verb, Function<String, CompletableFuture<Void>> work) {
        routes.add("POST", "/cluster/nodes/{tag}/" + verb, Routes.Pool.ADMIN, ask -> work.apply(ask.path("tag"))
                .thenApply(done -> Reply.json(marks(ask.path("tag")))));
    }

    private Map<String, Object> marks(String tag) {
        Topology.Supervision supervision = node.topology().supervision();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("tag", tag);
        json.put("watcher", supervision.watchers().contains(tag));
        json.put("drained", supervision.draining().contains(tag));
        return json;
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
        return view.ask()
                .thenCombine(states.ask(), (seen, conditions) -> Reply.json(cluster(topology, seen, conditions)));
    }

    private Map<String, Object> cluster(
            Topology topology, ClusterView.Seen seen, Map<String, Map<String, Object>> conditions) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", node.clusterId().orElse(null));
        json.put("tag", node.tag());
        List<ClusterView.Replica> system = seen.replicas(
                ClusterView.SYSTEM, 0, List.copyOf(topology.nodes().keySet()));
        json.put(
                "leader",
                system.stream()
                        .filter(ClusterView.Replica::leads)
                        .map(ClusterView.Replica::tag)
                        .findFirst()
                        .orElse(null));
        json.put("supervisor", topology.supervision().suspended() ? "suspended" : "running");
        List<Map<String, Object>> nodes = new ArrayList<>();
        topology.nodes().forEach((tag, known) -> {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("tag", tag);
            one.put("url", known.http());
            one.put("raft", known.raft());
            one.put("role", role(system, tag));
            one.put("alive", seen.alive().contains(tag));
            one.put("drained", topology.supervision().draining().contains(tag));
            one.putAll(conditions.getOrDefault(tag, Map.of()));
            nodes.add(one);
        });
        json.put("nodes", nodes);
        json.put("featureLevel", (long) node.featureLevel());
        json.put("supportedLevel", (long) node.supportedLevel());
        List<Map<String, Object>> shards = new ArrayList<>();
        seen.shards().values().forEach(shard -> shards.add(shard(topology, seen, shard)));
        json.put("shards", shards);
        return json;
    }

    private static String role(List<ClusterView.Replica> system, String tag) {
        return system.stream()
                .filter(replica -> replica.tag().equals(tag))
                .map(ClusterView.Replica::role)
                .findFirst()
                .orElse("Promotable");
    }

    /** With the nodes that have it, the one to ask first in front. */
    private static Map<String, Object> shard(Topology topology, ClusterView.Seen seen, Map<String, Object> shard) {
        String database = (String) shard.get("database");
        int number = ((Long) shard.get("shard")).intValue();
        List<Map<String, Object>> nodes = seen.replicas(database, number, wished(topology, database, number)).stream()
                .map(replica -> Map.<String, Object>of("tag", replica.tag(), "role", replica.role()))
                .toList();
        Map<String, Object> json = new LinkedHashMap<>(shard);
        json.put("nodes", nodes);
        return json;
    }

    private static List<String> wished(Topology topology, String database, int number) {
        Topology.Database known = topology.databases().get(database);
        return known == null
                ? List.of()
                : known.shards().stream()
                        .filter(shard -> shard.number() == number)
                        .flatMap(shard -> shard.nodes().stream())
                        .toList();
    }
}
