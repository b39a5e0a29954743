package io.rookery.server.http;

import io.rookery.api.CommitResult;
import io.rookery.api.DocumentId;
import io.rookery.api.ErrorCode;
import io.rookery.api.Json;
import io.rookery.api.RookeryException;
import io.rookery.api.Transaction;
import io.rookery.api.Write;
import io.rookery.cluster.ShardAccess;
import io.rookery.cluster.ShardedDatabase;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/**
 * {@code /databases/{db}/identity}: numbers without gaps by intention, counted at apply. A document that is put as
 * {@code users|} gets the next one: {@code users/7}.
 */
final class IdentityResource {
    private static final char MARK = '|';
    private static final char SEPARATOR = '/';

    private final Shards shards;
    private final Clock clock;

    IdentityResource(Shards shards, Clock clock) {
        this.shards = shards;
        this.clock = clock;
    }

    void addTo(Routes routes) {
        routes.add("POST", "/databases/{db}/identity/next", Routes.Pool.DATA, this::next);
        routes.add("POST", "/databases/{db}/identity/seed", Routes.Pool.DATA, this::seed);
        routes.add("GET", "/databases/{db}/debug/identities", Routes.Pool.DATA, this::list);
    }

    /** A put of the document; of the next one of its identity where the id ends in {@code |}. */
    static Write put(Write.PutDocument put) {
        if (!isIdentity(put.id())) {
            return put;
        }
        if (put.expected() != null && put.expected().sequence() != 0) {
            throw new RookeryException(
                    ErrorCode.BAD_REQUEST,
                    "Expected no change vector of " + put.id() + ", a new document, but found " + put.expected());
        }
        return new Write.PutNumbered(prefix(put.id()), put.collection(), put.body(), put.due());
    }

    static boolean isIdentity(String id) {
        return id.charAt(id.length() - 1) == MARK;
    }

    private static String prefix(String name) {
        String stem = isIdentity(name) ? name.substring(0, name.length() - 1) : name;
        if (stem.isBlank()) {
            throw new RookeryException(
                    ErrorCode.BAD_ID, "Expected the name of an identity like users| but found '" + name + "'");
        }
        String prefix = stem + SEPARATOR;
        new DocumentId(prefix + Long.MAX_VALUE);
        return prefix;
    }

    private CompletableFuture<Reply> next(Ask ask) {
        String prefix = prefix(ask.required("name"));
        return count(ask, shards.of(ask, prefix), new Write.TakeNumber(prefix), "NewIdentityValue");
    }

    private CompletableFuture<Reply> seed(Ask ask) {
        ask.required("value");
        long value = ask.number("value", 0, 1, Write.SeedNumber.MOST);
        String prefix = prefix(ask.required("name"));
        return count(
                ask, shards.of(ask, prefix), new Write.SeedNumber(prefix, value, ask.flag("force")), "NewSeedValue");
    }

    private CompletableFuture<Reply> count(Ask ask, ShardAccess shard, Write write, String name) {
        Transaction transaction =
                new Transaction(List.of(), List.of(write), DocsResource.idempotencyKey(ask), null, clock.millis());
        return shard.commit(transaction).thenApply(committed -> {
            CommitResult result = DocsResource.requireNumber(DocsResource.requireWrites(committed, 1), 0);
            return DocsResource.committed(Reply.json(Map.of(name, result.number(0))), result);
        });
    }

    private CompletableFuture<Reply> list(Ask ask) {
        ShardedDatabase database = shards.of(ask);
        int start = (int) ask.number("start", 0, 0, 100_000);
        int size = (int) ask.number("pageSize", 1_024, 1, 4_096);
        return database.identities(Shards.consistency(ask, database), start + size)
                .thenApply(found -> {
                    Map<String, Object> named = new TreeMap<>();
                    found.value().entrySet().stream()
                            .skip(start)
                            .limit(size)
                            .forEach(identity -> named.put(name(identity.getKey()), identity.getValue()));
                    return Reply.raw(200, Json.of(named).bytes());
                });
    }

    private static String name(String prefix) {
        return prefix.substring(0, prefix.length() - 1) + MARK;
    }
}
