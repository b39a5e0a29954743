package io.rookery.server.http;

import io.rookery.api.CommitResult;
import io.rookery.api.DocumentId;
import io.rookery.api.ErrorCode;
import io.rookery.api.Json;
import io.rookery.api.Limits;
import io.rookery.api.RookeryException;
import io.rookery.api.Transaction;
import io.rookery.api.Write;
import io.rookery.cluster.Outcomes;
import io.rookery.cluster.ShardAccess;
import io.rookery.cluster.ShardQuestion;
import io.rookery.cluster.ShardedDatabase;
import io.rookery.store.Command;
import io.rookery.store.CompareExchangeValue;
import io.rookery.store.Outcome;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * {@code /databases/{db}/cmpxchg}: values that change only from the index that the writer knows, as RavenDB's clients
 * speak of them. A value that had another index is an answer, not an error: {@code "Successful": false}.
 */
final class CompareExchangeResource {
    private static final int MAX_KEYS = 1_024;
    private static final String OBJECT = "Object";

    private final Shards shards;
    private final Clock clock;

    CompareExchangeResource(Shards shards, Clock clock) {
        this.shards = shards;
        this.clock = clock;
    }

    void addTo(Routes routes) {
        String path = "/databases/{db}/cmpxchg";
        routes.add("GET", path, Routes.Pool.DATA, this::get);
        routes.add("PUT", path, Routes.Pool.DATA, this::put);
        routes.add("DELETE", path, Routes.Pool.DATA, this::delete);
    }

    private CompletableFuture<Reply> get(Ask ask) {
        ShardedDatabase database = shards.of(ask);
        List<String> keys = ask.queries("key");
        if (keys.size() > MAX_KEYS) {
            throw new RookeryException(
                    ErrorCode.BAD_REQUEST, "Expected at most " + MAX_KEYS + " keys but found " + keys.size());
        }
        keys.forEach(CompareExchangeResource::key);
        if (keys.isEmpty()) {
            return page(ask, database);
        }
        return database.exchanges(Shards.consistency(ask, database), keys)
                .thenApply(found -> DocsResource.seen(byKeys(keys, found.value()), ask, database, found));
    }

    private static CompletableFuture<Reply> page(Ask ask, ShardedDatabase database) {
        int size = (int) ask.number("pageSize", 25, 1, 4_096);
        int start = (int) ask.number("start", 0, 0, 100_000);
        ShardQuestion.ExchangesFrom question = new ShardQuestion.ExchangesFrom(
                ask.query("startsWith").orElse(""),
                ask.query("startAfter").filter(after -> !after.isEmpty()).orElse(null),
                start + size);
        return database.exchangesFrom(Shards.consistency(ask, database), question)
                .thenApply(found -> DocsResource.seen(
                        results(200, found.value().stream().skip(start).toList()), ask, database, found));
    }

    private static Reply byKeys(List<String> keys, List<Optional<CompareExchangeValue>> values) {
        List<CompareExchangeValue> found = new ArrayList<>();
        for (int i = 0; i < keys.size(); i++) {
            String key = keys.get(i);
            found.add(values.get(i).orElseGet(() -> new CompareExchangeValue(key, -1, null)));
        }
        boolean isMissing = found.size() == 1 && found.get(0).value() == null;
        return isMissing ? results(404, List.of()) : results(200, found);
    }

    private static Reply results(int status, List<CompareExchangeValue> values) {
        List<Object> results = new ArrayList<>();
        for (CompareExchangeValue value : values) {
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("Key", value.key());
            result.put("Index", value.index());
            result.put("Value", value.value() == null ? null : value.value().value());
            result.put("ChangeVector", value.value() == null ? null : "RAFT:" + value.index());
            results.add(result);
        }
        return Reply.json(status, Map.of("Results", results));
    }

    private CompletableFuture<Reply> put(Ask ask) {
        Json value = value(ask.json());
        String key = key(ask.required("key"));
        Write write = new Write.PutCompareExchange(key, value, index(ask), expires(value));
        return change(ask, shards.of(ask, key), write, value);
    }

    private CompletableFuture<Reply> delete(Ask ask) {
        String key = key(ask.required("key"));
        return change(ask, shards.of(ask, key), new Write.DeleteCompareExchange(key, index(ask)), null);
    }

    private static long index(Ask ask) {
        ask.required("index");
        return ask.number("index", 0, 0, Long.MAX_VALUE);
    }

    /** @param value what is there when it succeeds */
    private CompletableFuture<Reply> change(Ask ask, ShardAccess shard, Write write, Json value) {
        Transaction transaction =
                new Transaction(List.of(), List.of(write), DocsResource.idempotencyKey(ask), null, clock.millis());
        return shard.submit(new Command.Commit(transaction)).thenApply(outcome -> {
            if (outcome instanceof Outcome.Mismatch mismatch) {
                return changed(mismatch.actual(), mismatch.value(), false);
            }
            CommitResult result =
                    DocsResource.requireNumber(DocsResource.requireWrites(Outcomes.committed(outcome), 1), 0);
            return DocsResource.committed(changed(result.number(0), value, true), result);
        });
    }

    private static Reply changed(long index, Json value, boolean successful) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("Index", index);
        body.put("Value", value == null ? null : value.value());
        body.put("Successful", successful);
        return Reply.json(body);
    }

    /** A key may be what a document's id may be. */
    static String key(String key) {
        try {
            return new DocumentId(key).value();
        } catch (RookeryException e) {
            throw new RookeryException(
                    ErrorCode.BAD_REQUEST, "A compare-exchange key is as an id: " + e.getMessage(), e);
        }
    }

    /** {@code "@metadata": {"@expires": …}}, when the value goes by itself; 0 where it does not. */
    static long expires(Json value) {
        Object metadata = value.asObject().get("@metadata");
        if (metadata == null) {
            return 0;
        }
        if (metadata instanceof Map<?, ?> map) {
            return Iso8601.millis(DocumentBody.EXPIRES, map.get(DocumentBody.EXPIRES));
        }
        throw new RookeryException(
                ErrorCode.BAD_REQUEST, "Expected an object as @metadata but found " + Json.kind(metadata));
    }

    /** {@code {"Object": …}} as it is kept, with {@code @metadata} where there is some. */
    static Json value(Json value) {
        if (!value.asObject().containsKey(OBJECT)) {
            throw new RookeryException(
                    ErrorCode.BAD_REQUEST,
                    "Expected a compare-exchange value like {\"Object\": …} but found "
                            + value.asObject().keySet());
        }
        if (value.size() > Limits.DOCUMENT_BYTES) {
            throw new RookeryException(
                    ErrorCode.TOO_LARGE,
                    "Expected a compare-exchange value of at most " + Limits.DOCUMENT_BYTES + " bytes but found "
                            + value.size());
        }
        return value;
    }
}
