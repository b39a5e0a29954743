package io.rookery.server.http;

import io.rookery.api.ChangeVector;
import io.rookery.api.Document;
import io.rookery.api.DocumentId;
import io.rookery.api.ErrorCode;
import io.rookery.api.Json;
import io.rookery.api.RookeryException;
import io.rookery.api.Transaction;
import io.rookery.api.Write;
import io.rookery.cluster.Consistency;
import io.rookery.cluster.ShardAccess;
import io.rookery.cluster.ShardQuestion;
import io.rookery.cluster.ShardedDatabase;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/**
 * {@code /databases/{db}/hilo}: ranges of numbers for ids that clients make. No number is in two ranges, whoever asks
 * and however often a request is repeated: a repeated {@code next} skips a range, a repeated {@code return} does nothing.
 */
final class HiloResource {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Shards shards;
    private final String nodeTag;
    private final Clock clock;
    private final Turns turns = new Turns();

    /**
     * The document {@code Raven/Hilo/TAG}.
     *
     * @param max the highest number that is taken
     * @param top the highest end that a range ever had. Each range ends higher than all before it, so that its end names
     *     it; {@code max} equals it only until that range was given back
     * @param low where the newest range begins
     */
    private record State(long max, long top, long low, ChangeVector version) {
        static final State NONE = new State(0, 0, 1, ChangeVector.NONE);

        /** Documents that have only {@code Max} are of a time before ranges had names: theirs are not taken back. */
        static State of(Document document) {
            Map<String, Object> body = document.body().asObject();
            long max = number(body, "Max", 0);
            return new State(max, number(body, "Top", max), number(body, "Low", max + 1), document.changeVector());
        }

        private static long number(Map<String, Object> body, String name, long otherwise) {
            return body.get(name) instanceof Long number ? number : otherwise;
        }

        State next(long capacity, long lastMax) {
            long first = Math.max(max, lastMax) + 1;
            long end = Math.max(first + capacity - 1, top + 1);
            return new State(end, end, first, version);
        }

        boolean isNewest(long end, long last) {
            return end == max && end == top && last >= low - 1 && last < end;
        }

        State returned(long last) {
            return new State(last, top, last + 1, version);
        }

        Write write(String id) {
            return new Write.PutDocument(id, "@hilo", Json.of(Map.of("Max", max, "Top", top, "Low", low)), version);
        }
    }

    HiloResource(Shards shards, String nodeTag, Clock clock) {
        this.shards = shards;
        this.nodeTag = nodeTag;
        this.clock = clock;
    }

    void addTo(Routes routes) {
        routes.add("GET", "/databases/{db}/hilo/next", Routes.Pool.DATA, this::next);
        routes.add("PUT", "/databases/{db}/hilo/return", Routes.Pool.DATA, this::giveBack);
    }

    private CompletableFuture<Reply> next(Ask ask) {
        ShardedDatabase database = shards.of(ask);
        String tag = ask.required("tag");
        String id = new DocumentId("Raven/Hilo/" + tag).value();
        ShardAccess shard = database.of(id);
        long capacity = Math.max(32, Math.min(1L << 20, ask.number("lastBatchSize", 0, 0, 1L << 20) * 2));
        long lastMax = ask.number("lastMax", 0, 0, Long.MAX_VALUE >> 1);
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        // one after the other here, so that only other nodes can be in the way
        return turns.after(ask.path("db") + '/' + tag, () -> take(shard, id, deadline, capacity, lastMax))
                .thenApply(range -> range(ask, tag, range));
    }

    private CompletableFuture<State> take(ShardAccess shard, String id, long deadline, long capacity, long lastMax) {
        return state(shard, id).thenCompose(state -> {
            State range = state.next(capacity, lastMax);
            return commit(shard, range.write(id))
                    .handle((done, failure) -> {
                        if (failure == null) {
                            return CompletableFuture.completedFuture(range);
                        }
                        if (!isConflict(failure)) {
                            return CompletableFuture.<State>failedFuture(failure);
                        }
                        return System.nanoTime() - deadline < 0
                                ? take(shard, id, deadline, capacity, lastMax)
                                : CompletableFuture.<State>failedFuture(new RookeryException(
                                        ErrorCode.OVERLOADED, "Too many ask for a range of " + id + "; try again"));
                    })
                    .thenCompose(taken -> taken);
        });
    }

    private static CompletableFuture<State> state(ShardAccess shard, String id) {
        return shard.ask(Consistency.LINEARIZABLE, new ShardQuestion.Documents(List.of(id)))
                .thenApply(found -> found.value().get(0).map(State::of).orElse(State.NONE));
    }

    private static boolean isConflict(Throwable failure) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        return cause instanceof RookeryException e && e.code() == ErrorCode.CONFLICT;
    }

    private CompletableFuture<?> commit(ShardAccess shard, Write write) {
        return shard.commit(Transaction.of(List.of(write), clock.millis()));
    }

    private Reply range(Ask ask, String tag, State range) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("Prefix", tag + ask.query("identityPartsSeparator").orElse("/"));
        json.put("Low", range.low());
        json.put("High", range.max());
        json.put("LastSize", range.max() - range.low() + 1);
        json.put("ServerTag", nodeTag);
        json.put("LastRangeAt", DocumentBody.time(clock.millis()));
        return Reply.json(json);
    }

    /** Takes back the unused end of the newest range, once; a repetition finds that it is not the newest any more. */
    private CompletableFuture<Reply> giveBack(Ask ask) {
        String id = new DocumentId("Raven/Hilo/" + ask.required("tag")).value();
        ShardAccess shard = shards.of(ask, id);
        long end = ask.number("end", 0, 0, Long.MAX_VALUE);
        long last = ask.number("last", 0, 0, Long.MAX_VALUE);
        return state(shard, id).thenCompose(state -> {
            if (!state.isNewest(end, last)) {
                return CompletableFuture.completedFuture(Reply.status(204));
            }
            // a conflict means that somebody took a range meanwhile: nothing to take back
            return commit(shard, state.returned(last).write(id)).handle((done, failure) -> {
                if (failure == null || isConflict(failure)) {
                    return Reply.status(204);
                }
                throw new CompletionException(failure);
            });
        });
    }
}
