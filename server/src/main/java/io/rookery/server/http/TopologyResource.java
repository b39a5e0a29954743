package io.rookery.server.http;

import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import io.rookery.cluster.ClusterNode;
import io.rookery.cluster.topology.Topology;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** {@code /topology} and {@code /cluster/topology}: where a client finds a database, in RavenDB's shapes. */
final class TopologyResource {
    private final ClusterNode node;
    private final ClusterView view;

    TopologyResource(ClusterNode node, ClusterView view) {
        this.node = node;
        this.view = view;
    }

    void addTo(Routes routes) {
        routes.add("GET", "/topology", Routes.Pool.ADMIN, this::ofDatabase);
        routes.add("GET", "/cluster/topology", Routes.Pool.ADMIN, ask -> ofCluster());
    }

    /** The node to ask first is in front. A database that is not there is 503, as RavenDB's clients expect it. */
    private CompletableFuture<Reply> ofDatabase(Ask ask) {
        String name = ask.required("name");
        Topology.Database database = node.topology().databases().get(name);
        if (database == null && !node.hasHeard()) {
            throw Shards.missing(node, name);
        }
        if (database == null) {
            Reply missing = ErrorReplies.of(
                    new RookeryException(ErrorCode.DATABASE_MISSING, "There is no database '" + name + "'"),
                    new ErrorReplies.Failed(null, false, "/topology"));
            Reply unavailable = new Reply(503, missing.contentType(), missing.headers(), missing.body(), null);
            return CompletableFuture.completedFuture(unavailable.header("Database-Missing", "true"));
        }
        long version = node.topologyVersion();
        return view.ask().thenApply(seen -> {
            Map<String, ClusterView.Replica> replicas = new LinkedHashMap<>();
            long terms = 0;
            for (Topology.Shard shard : database.shards()) {
                terms += seen.term(name, shard.number());
                seen.replicas(name, shard.number(), shard.nodes())
                        .forEach(replica -> replicas.merge(replica.tag(), replica, ClusterView.Replica::and));
            }
            List<Map<String, Object>> nodes = new ArrayList<>();
            replicas.values().stream().sorted(ClusterView.Replica.FIRST_TO_ASK).forEach(replica -> url(replica.tag())
                    .ifPresent(url -> nodes.add(node(name, replica, url))));
            Map<String, Object> json = new LinkedHashMap<>();
            // both grow: clients take a topology only when its number is greater than the one they have
            json.put("Etag", version + terms);
            json.put("Nodes", nodes);
            return Reply.json(json);
        });
    }

    private Optional<String> url(String tag) {
        return Optional.ofNullable(node.topology().nodes().get(tag)).map(Topology.Node::http);
    }

    private static Map<String, Object> node(String database, ClusterView.Replica replica, String url) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("Url", url);
        json.put("ClusterTag", replica.tag());
        json.put("Database", database);
        json.put("ServerRole", replica.role());
        return json;
    }

    private CompletableFuture<Reply> ofCluster() {
        long version = node.topologyVersion();
        Topology topology = node.topology();
        return view.ask().thenApply(seen -> {
            Map<String, String> all = new LinkedHashMap<>();
            Map<String, String> members = new LinkedHashMap<>();
            Map<String, String> promotables = new LinkedHashMap<>();
            Map<String, String> watchers = new LinkedHashMap<>();
            Map<String, Object> json = new LinkedHashMap<>();
            String leader = null;
            String role = "None";
            for (ClusterView.Replica replica : seen.replicas(
                    ClusterView.SYSTEM, 0, List.copyOf(topology.nodes().keySet()))) {
                String url = url(replica.tag()).orElse("");
                all.put(replica.tag(), url);
                switch (replica.part()) {
                    case PROMOTABLE -> promotables.put(replica.tag(), url);
                    case WATCHER -> watchers.put(replica.tag(), url);
                    default -> members.put(replica.tag(), url);
                }
                leader = replica.leads() ? replica.tag() : leader;
                role = replica.tag().equals(node.tag()) ? replica.leads() ? "Leader" : replica.role() : role;
            }
            Map<String, Object> topologyJson = new LinkedHashMap<>();
            topologyJson.put("TopologyId", node.clusterId().orElse(null));
            topologyJson.put("AllNodes", all);
            topologyJson.put("Members", members);
            topologyJson.put("Promotables", promotables);
            topologyJson.put("Watchers", watchers);
            topologyJson.put("LastNodeId", last(all));
            topologyJson.put("Etag", version + seen.term(ClusterView.SYSTEM, 0));
            json.put("Topology", topologyJson);
            json.put("Etag", version + seen.term(ClusterView.SYSTEM, 0));
            json.put("Leader", leader);
            json.put("NodeTag", node.tag());
            json.put("ServerRole", role);
            json.put("Status", Map.of());
            return Reply.json(json);
        });
    }

    private static String last(Map<String, String> all) {
        return all.keySet().stream()
                .max(Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder()))
                .orElse(null);
    }
}
