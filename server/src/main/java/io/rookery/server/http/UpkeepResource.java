package io.rookery.server.http;

import io.rookery.cluster.ClusterNode;
import io.rookery.cluster.ScrubResult;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** {@code /databases/{db}/scrub} and {@code /repair}: what is stored is read again, and mended from other nodes. */
final class UpkeepResource {
    private final ClusterNode node;
    private final Shards shards;

    UpkeepResource(ClusterNode node, Shards shards) {
        this.node = node;
        this.shards = shards;
    }

    void addTo(Routes routes) {
        routes.add("POST", "/databases/{db}/scrub", Routes.Pool.ADMIN, this::scrub);
        routes.add("GET", "/databases/{db}/scrub", Routes.Pool.ADMIN, this::scrubs);
        routes.add("POST", "/databases/{db}/repair", Routes.Pool.ADMIN, this::repair);
    }

    private CompletableFuture<Reply> scrub(Ask ask) {
        String database = shards.known(ask.path("db"));
        return node.scrub(database)
                .thenApply(told -> Reply.json(202, Map.of("database", database, "nodes", List.copyOf(told))));
    }

    private CompletableFuture<Reply> scrubs(Ask ask) {
        String database = shards.known(ask.path("db"));
        return node.scrubs(database)
                .thenApply(results -> Reply.json(Map.of(
                        "database",
                        database,
                        "replicas",
                        results.stream().map(UpkeepResource::json).toList())));
    }

    private static Map<String, Object> json(ScrubResult result) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("node", result.node());
        json.put("shard", result.shard());
        json.put("state", result.state().name());
        json.put("at", DocumentBody.time(result.at()));
        json.put("bytes", result.bytes());
        json.put("index", result.index());
        json.put("hash", result.hash());
        json.put("message", result.message());
        return json;
    }

    private CompletableFuture<Reply> repair(Ask ask) {
        String database = shards.known(ask.path("db"));
        String tag = ask.required("node");
        int shard = (int) ask.number("shard", 0, 0, 1_000);
        return node.repair(database, shard, tag)
                .thenApply(place -> Reply.json(
                        202, Map.of("database", database, "shard", shard, "node", tag, "quarantine", place)));
    }
}
