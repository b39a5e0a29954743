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
import io.rookery.cluster.ReplicatedStore;
import io.rookery.store.Command;
import io.rookery.store.CompareExchangeValue;
import io.rookery.store.Outcome;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
        ReplicatedStore shard = shards.of(ask);
        List<String> keys = ask.queries("key");
        if (keys.size() > MAX_KEYS) {
            throw new RookeryException(
                    ErrorCode.BAD_REQUEST, "Expected at most " + MAX_KEYS + " keys but found " + keys.size());
        }
        keys.forEach(CompareExchangeResource::key);
        return shards.readable(ask, shard)
                .thenApply(ready ->
                        DocsResource.seen(keys.isEmpty() ? page(ask, shard) : byKeys(shard, keys), ask, shard));
    }

    private static Reply page(Ask ask, ReplicatedStore shard) {
        int size = (int) ask.number("pageSize", 25, 1, 4_096);
        int start = (int) ask.number("start", 0, 0, 100_000);
        List<CompareExchangeValue> found = shard.exchanges(
                ask.query("startsWith").orElse(""),
                ask.query("startAfter").filter(after -> !after.isEmpty()).orElse(null),
                start + size);
        return results(200, found.stream().skip(start).toList());
    }

    private static Reply byKeys(ReplicatedStore shard, List<String> keys) {
        List<CompareExchangeValue> found = new ArrayList<>();
        for (String key : keys) {
            found.add(shard.exchange(key).orElseGet(() -> new CompareExchangeValue(key, -1, null)));
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
        return change(
                ask, new Write.PutCompareExchange(key(ask.required("key")), value, index(ask), expires(value)), value);
    }

    private CompletableFuture<Reply> delete(Ask ask) {
        return change(ask, new Write.DeleteCompareExchange(key(ask.required("key")), index(ask)), null);
    }

    private static long index(Ask ask) {
        ask.required("index");
        return ask.number("index", 0, 0, Long.MAX_VALUE);
    }

    /** @param value what is there when it succeeds */
    private CompletableFuture<Reply> change(Ask ask, Write write, Json value) {
        Transaction transaction =
                new Transaction(List.of(), List.of(write), DocsResource.idempotencyKey(ask), null, clock.millis());
        return shards.of(ask).submit(new Command.Commit(transaction)).thenApply(outcome -> {
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
