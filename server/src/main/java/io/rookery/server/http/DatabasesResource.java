package io.rookery.server.http;

import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import io.rookery.cluster.ClusterNode;
import io.rookery.cluster.Consistency;
import io.rookery.cluster.ReplicatedStore;
import io.rookery.cluster.topology.ShardMove;
import io.rookery.cluster.topology.ShardSplitting;
import io.rookery.cluster.topology.Slots;
import io.rookery.cluster.topology.Topology;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
        routes.add("POST", "/databases/{db}/shards/{shard}/move", Routes.Pool.ADMIN, this::move);
        routes.add("POST", "/databases/{db}/shards/{shard}/split", Routes.Pool.ADMIN, this::split);
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
                        .map(shard -> Map.of(
                                "number", shard.number(),
                                "nodes", shard.nodes(),
                                "slots", database.slots().of(shard.number())))
                        .toList());
        return json;
    }

    private CompletableFuture<Reply> create(Ask ask) {
        String name = ask.path("db");
        int replicas = (int) ask.number("replicas", 1, 1, 9);
        int count = (int) ask.number("shards", 1, 1, 16);
        return node.system().fence().thenCompose(ready -> {
            int status = node.topology().databases().containsKey(name) ? 200 : 201;
            return node.createDatabase(name, replicas, count)
                    .thenApply(done ->
                            Reply.json(status, json(node.topology().databases().get(name))));
        });
    }

    private CompletableFuture<Reply> delete(Ask ask) {
        return node.deleteDatabase(ask.path("db")).thenApply(done -> Reply.status(204));
    }

    /** Answers when the replica is on the other node and no longer on the former one; it goes on when nobody waits. */
    private CompletableFuture<Reply> move(Ask ask) {
        String name = ask.path("db");
        int shard = (int) Ask.number("shard", 0, 1_000, ask.path("shard"));
        return node.moveShard(new ShardMove(name, shard, ask.required("from"), ask.required("to")))
                .thenApply(done -> Reply.json(json(shards.of(ask).definition())));
    }

    /** Answers when the new shard has its slots; it goes on when nobody waits. */
    private CompletableFuture<Reply> split(Ask ask) {
        String name = ask.path("db");
        int shard = (int) Ask.number("shard", 0, 1_000, ask.path("shard"));
        return node.splitShard(new ShardSplitting(name, shard, slots(ask)))
                .thenApply(done -> Reply.json(json(shards.of(ask).definition())));
    }

    private static Optional<List<Integer>> slots(Ask ask) {
        if (ask.query("first").isEmpty() && ask.query("last").isEmpty()) {
            return Optional.empty();
        }
        ask.required("first");
        ask.required("last");
        return Optional.of(List.of(
                (int) ask.number("first", 0, 0, Slots.COUNT - 1L), (int) ask.number("last", 0, 0, Slots.COUNT - 1L)));
    }

    private CompletableFuture<Reply> stateHash(Ask ask) {
        List<ReplicatedStore> here = here(ask);
        if (here.size() != 1 && ask.query("index").isPresent()) {
            throw new RookeryException(
                    ErrorCode.BAD_REQUEST,
                    "Expected 'shard' beside 'index', which is a place in one shard's log, but found none");
        }
        List<CompletableFuture<Map<String, Object>>> hashes =
                here.stream().map(shard -> hash(ask, shard)).toList();
        return CompletableFuture.allOf(hashes.toArray(CompletableFuture[]::new))
                .thenApply(done -> Reply.json(Map.of(
                        "database",
                        ask.path("db"),
                        "tag",
                        node.tag(),
                        "shards",
                        hashes.stream().map(CompletableFuture::join).toList())));
    }

    /** This node's replicas of the database, or of its one shard that is asked for. */
    private List<ReplicatedStore> here(Ask ask) {
        int most = shards.of(ask).definition().shards().size() - 1;
        long wanted = ask.number("shard", -1, 0, most);
        List<ReplicatedStore> here = new ArrayList<>();
        for (int number = 0; number <= most; number++) {
            if (wanted < 0 || wanted == number) {
                node.shard(ask.path("db"), number).ifPresent(here::add);
            }
        }
        if (here.isEmpty()) {
            throw new RookeryException(
                    ErrorCode.UNAVAILABLE,
                    "Node " + node.tag() + " has no replica of " + ask.path("db") + "; ask one of "
                            + shards.of(ask).definition().shards().stream()
                                    .map(shard -> shard.number() + ": " + String.join(", ", shard.nodes()))
                                    .toList());
        }
        return here;
    }

    private static CompletableFuture<Map<String, Object>> hash(Ask ask, ReplicatedStore shard) {
        long index = ask.query("index").isPresent()
                ? ask.number("index", 0, 0, Long.MAX_VALUE)
                : shard.status().applied();
        return Consistency.reached(shard, index)
                .thenCompose(ready -> shard.stateHash(index))
                .thenApply(hash -> Map.of("shard", shard.number(), "index", hash.index(), "hash", hash.toString()));
    }
}
