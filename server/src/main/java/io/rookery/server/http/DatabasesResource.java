package io.rookery.server.http;

import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import io.rookery.cluster.ClusterNode;
import io.rookery.cluster.ReplicatedStore;
import io.rookery.cluster.Topology;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** {@code /databases}: create, list, delete; and each database's state hash. */
final class DatabasesResource {
    private final ClusterNode node;
    private final Shards shards;

    DatabasesResource(ClusterNode node, Shards shards) {
        this.node = node;
        this.shards = shards;
    }

    void addTo(Routes routes) {
        routes.add("GET", "/databases", Routes.Pool.ADMIN, ask -> list());
        routes.add("PUT", "/databases/{db}", Routes.Pool.ADMIN, this::create);
        routes.add("DELETE", "/databases/{db}", Routes.Pool.ADMIN, this::delete);
        routes.add("GET", "/databases/{db}/state-hash", Routes.Pool.ADMIN, this::stateHash);
    }

    private CompletableFuture<Reply> list() {
        return node.system().fence().thenApply(ready -> {
            List<Map<String, Object>> databases = new ArrayList<>();
            node.topology().databases().values().forEach(database -> databases.add(json(database)));
            return Reply.json(Map.of("databases", databases));
        });
    }

    private static Map<String, Object> json(Topology.Database database) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", database.name());
        json.put("replicas", database.replicas());
        json.put(
                "shards",
                database.shards().stream()
                        .map(shard -> Map.of("number", shard.number(), "nodes", shard.nodes()))
                        .toList());
        return json;
    }

    private CompletableFuture<Reply> create(Ask ask) {
        String name = ask.path("db");
        int replicas = (int) ask.number("replicas", 1, 1, 9);
        if (ask.number("shards", 1, 1, 64) > 1) {
            throw new RookeryException(ErrorCode.NOT_SUPPORTED, "This version does not have more than one shard");
        }
        return node.system().fence().thenCompose(ready -> {
            int status = node.topology().databases().containsKey(name) ? 200 : 201;
            return node.createDatabase(name, replicas)
                    .thenApply(done ->
                            Reply.json(status, json(node.topology().databases().get(name))));
        });
    }

    private CompletableFuture<Reply> delete(Ask ask) {
        return node.deleteDatabase(ask.path("db")).thenApply(done -> Reply.status(204));
    }

    private CompletableFuture<Reply> stateHash(Ask ask) {
        ReplicatedStore shard = shards.of(ask);
        long index = ask.query("index").isPresent()
                ? ask.number("index", 0, 0, Long.MAX_VALUE)
                : shard.status().applied();
        return Shards.reached(shard, index)
                .thenCompose(ready -> shard.stateHash(index))
                .thenApply(hash -> Reply.json(Map.of(
                        "database",
                        ask.path("db"),
                        "tag",
                        node.tag(),
                        "shards",
                        List.of(Map.of("shard", 0, "index", hash.index(), "hash", hash.toString())))));
    }
}
