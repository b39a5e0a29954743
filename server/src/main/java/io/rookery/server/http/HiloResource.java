package io.rookery.server.http;

import io.rookery.api.ChangeVector;
import io.rookery.api.Document;
import io.rookery.api.DocumentId;
import io.rookery.api.ErrorCode;
import io.rookery.api.Json;
import io.rookery.api.RookeryException;
import io.rookery.api.Transaction;
import io.rookery.api.Write;
import io.rookery.cluster.ReplicatedStore;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** {@code /databases/{db}/hilo}: ranges of numbers for ids that clients make; the state is {@code Raven/Hilo/TAG}. */
final class HiloResource {
    private static final int ATTEMPTS = 20;

    private final Shards shards;
    private final String nodeTag;
    private final Clock clock;

    HiloResource(Shards shards, String nodeTag, Clock clock) {
        this.shards = shards;
        this.nodeTag = nodeTag;
        this.clock = clock;
    }

    void addTo(Routes routes) {
        routes.add("GET", "/databases/{db}/hilo/next", Routes.Pool.DATA, ask -> next(ask, ATTEMPTS));
        routes.add("PUT", "/databases/{db}/hilo/return", Routes.Pool.DATA, this::giveBack);
    }

    private CompletableFuture<Reply> next(Ask ask, int attempts) {
        ReplicatedStore shard = shards.of(ask);
        String tag = ask.required("tag");
        String id = new DocumentId("Raven/Hilo/" + tag).value();
        long capacity = Math.max(32, Math.min(1L << 20, ask.number("lastBatchSize", 0, 0, 1L << 20) * 2));
        long lastMax = ask.number("lastMax", 0, 0, Long.MAX_VALUE >> 1);
        return shard.fence().thenCompose(ready -> {
            Optional<Document> found = shard.document(id);
            long low = Math.max(found.map(HiloResource::max).orElse(0L), lastMax) + 1;
            long high = low + capacity - 1;
            ChangeVector expected = found.map(Document::changeVector).orElse(ChangeVector.NONE);
            return put(shard, id, high, expected)
                    .thenApply(done -> CompletableFuture.completedFuture(range(ask, tag, low, high)))
                    .exceptionally(failure -> {
                        boolean conflict =
                                failure.getCause() instanceof RookeryException e && e.code() == ErrorCode.CONFLICT;
                        return conflict && attempts > 1
                                ? next(ask, attempts - 1)
                                : CompletableFuture.failedFuture(failure);
                    })
                    .thenCompose(reply -> reply);
        });
    }

    private static long max(Document document) {
        return document.body().asObject().get("Max") instanceof Long max ? max : 0L;
    }

    private CompletableFuture<?> put(ReplicatedStore shard, String id, long max, ChangeVector expected) {
        Write write = new Write.PutDocument(id, "@hilo", Json.of(Map.of("Max", max)), expected);
        return shard.commit(Transaction.of(List.of(write), clock.millis()));
    }

    private Reply range(Ask ask, String tag, long low, long high) {
        Map<String, Object> range = new LinkedHashMap<>();
        range.put("Prefix", tag + ask.query("identityPartsSeparator").orElse("/"));
        range.put("Low", low);
        range.put("High", high);
        range.put("LastSize", high - low + 1);
        range.put("ServerTag", nodeTag);
        range.put("LastRangeAt", DocumentBody.time(clock.millis()));
        return Reply.json(range);
    }

    /** Takes back the unused end of a range when nobody took one since. */
    private CompletableFuture<Reply> giveBack(Ask ask) {
        ReplicatedStore shard = shards.of(ask);
        String id = new DocumentId("Raven/Hilo/" + ask.required("tag")).value();
        long end = ask.number("end", 0, 0, Long.MAX_VALUE);
        long last = ask.number("last", 0, 0, Long.MAX_VALUE);
        return shard.fence().thenCompose(ready -> {
            Optional<Document> found = shard.document(id);
            if (found.isEmpty() || max(found.get()) != end || last >= end) {
                return CompletableFuture.completedFuture(Reply.status(204));
            }
            // a conflict means that somebody took a range meanwhile: nothing to take back
            return put(shard, id, last, found.get().changeVector()).handle((done, failure) -> Reply.status(204));
        });
    }
}
