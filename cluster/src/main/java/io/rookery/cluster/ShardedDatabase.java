package io.rookery.cluster;

import io.rookery.api.Document;
import io.rookery.cluster.topology.Topology;
import io.rookery.store.CompareExchangeValue;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * A database with all its shards, as any node can use it. Where a read touches several shards each answers by itself:
 * every document is as new as wanted, together they are no snapshot.
 */
public final class ShardedDatabase {
    private final Topology.Database database;
    private final Shards local;
    private final Map<Integer, ShardAccess> shards = new HashMap<>();

    ShardedDatabase(Topology.Database database, NodeContext node, Shards local) {
        this.database = database;
        this.local = local;
        for (Topology.Shard shard : database.shards()) {
            ShardDefinition definition =
                    ShardDefinition.of(UUID.fromString(shard.group()), database.name(), shard.number());
            shards.put(
                    shard.number(),
                    new AnyShard(
                            local, new RemoteShard(node, definition, shard.nodes(), database.divided(shard.number()))));
        }
    }

    public Topology.Database definition() {
        return database;
    }

    public boolean isOneShard() {
        return database.shards().size() == 1;
    }

    /** The shard of a document's id, a compare-exchange key, or an identity's prefix. */
    public ShardAccess of(String text) {
        return shard(database.slots().shardOf(text));
    }

    /** This node's replica, if it has one, whether it counts or not. */
    Optional<ReplicatedStore> here(int number) {
        ShardAccess shard = shards.get(number);
        return shard == null ? Optional.empty() : local.find(shard.group());
    }

    public ShardAccess shard(int number) {
        return shards.get(number);
    }

    /** By number. */
    public List<ShardAccess> all() {
        return database.shards().stream().map(shard -> shard(shard.number())).toList();
    }

    /** In the order of the ids. */
    public CompletableFuture<ShardAnswer<List<Optional<Document>>>> documents(
            Consistency consistency, List<String> ids) {
        return byKey(consistency, ids, ShardQuestion.Documents::new);
    }

    /** In the order of the keys. */
    public CompletableFuture<ShardAnswer<List<Optional<CompareExchangeValue>>>> exchanges(
            Consistency consistency, List<String> keys) {
        return byKey(consistency, keys, ShardQuestion.Exchanges::new);
    }

    /** In the order of ids, over all shards. */
    public CompletableFuture<ShardAnswer<List<Document>>> documentsFrom(
            Consistency consistency, ShardQuestion.DocumentsFrom question) {
        return fromAll(consistency, question).thenApply(answers -> merged(answers, Document::id, question.limit()));
    }

    /** In the order of keys, over all shards. */
    public CompletableFuture<ShardAnswer<List<CompareExchangeValue>>> exchangesFrom(
            Consistency consistency, ShardQuestion.ExchangesFrom question) {
        return fromAll(consistency, question)
                .thenApply(answers -> merged(answers, CompareExchangeValue::key, question.limit()));
    }

    /** The first ones of all shards, in order of their prefixes. */
    public CompletableFuture<ShardAnswer<Map<String, Long>>> identities(Consistency consistency, int limit) {
        return fromAll(consistency, new ShardQuestion.Identities(limit)).thenApply(answers -> {
            Map<String, Long> all = new TreeMap<>();
            answers.forEach(answer -> all.putAll(answer.value()));
            return first(answers).with(all);
        });
    }

    /** Of each shard, in the order of their numbers. */
    public CompletableFuture<List<ShardAnswer<ShardStatistics>>> statistics(Consistency consistency) {
        return fromAll(consistency, new ShardQuestion.Statistics());
    }

    private <T> CompletableFuture<ShardAnswer<List<T>>> byKey(
            Consistency consistency, List<String> keys, Function<List<String>, ShardQuestion<List<T>>> question) {
        if (isOneShard()) {
            return shard(database.shards().get(0).number()).ask(consistency, question.apply(keys));
        }
        Map<Integer, List<Integer>> places = new TreeMap<>();
        for (int i = 0; i < keys.size(); i++) {
            int shard = database.slots().shardOf(keys.get(i));
            places.computeIfAbsent(shard, absent -> new ArrayList<>()).add(i);
        }
        if (places.size() <= 1) {
            int only = places.isEmpty() ? 0 : places.keySet().iterator().next();
            return shard(only).ask(consistency, question.apply(keys));
        }
        List<List<Integer>> parts = List.copyOf(places.values());
        List<CompletableFuture<ShardAnswer<List<T>>>> asked = new ArrayList<>();
        places.forEach((shard, part) -> asked.add(shard(shard)
                .ask(consistency, question.apply(part.stream().map(keys::get).toList()))));
        return all(asked).thenApply(answers -> {
            List<T> found = new ArrayList<>(java.util.Collections.nCopies(keys.size(), null));
            for (int i = 0; i < parts.size(); i++) {
                for (int j = 0; j < parts.get(i).size(); j++) {
                    found.set(parts.get(i).get(j), answers.get(i).value().get(j));
                }
            }
            return first(answers).with(found);
        });
    }

    private <T> CompletableFuture<List<ShardAnswer<T>>> fromAll(Consistency consistency, ShardQuestion<T> question) {
        return all(all().stream().map(shard -> shard.ask(consistency, question)).toList());
    }

    private static <T> CompletableFuture<List<T>> all(List<CompletableFuture<T>> futures) {
        return CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new))
                .thenApply(done -> futures.stream().map(CompletableFuture::join).toList());
    }

    /** How far one shard was says nothing of the others. */
    private static <T> ShardAnswer<T> first(List<ShardAnswer<T>> answers) {
        return answers.size() == 1 ? answers.get(0) : new ShardAnswer<>(0, 0, null);
    }

    /** Each shard's are in order; as a store orders texts, by their UTF-8 bytes. */
    private static <T> ShardAnswer<List<T>> merged(
            List<ShardAnswer<List<T>>> answers, Function<T, String> text, int limit) {
        if (answers.size() == 1) {
            return answers.get(0);
        }
        Comparator<byte[]> order = Arrays::compareUnsigned;
        List<T> all = new ArrayList<>();
        answers.forEach(answer -> all.addAll(answer.value()));
        all.sort(Comparator.comparing(item -> text.apply(item).getBytes(StandardCharsets.UTF_8), order));
        return first(answers).with(List.copyOf(all.subList(0, Math.min(limit, all.size()))));
    }
}
