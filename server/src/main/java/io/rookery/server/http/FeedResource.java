package io.rookery.server.http;

import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import io.rookery.cluster.ShardedDatabase;
import io.rookery.cluster.topology.Topology;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * {@code GET /databases/{db}/feed}: the change feed as NDJSON (long poll) or server-sent events. A token is good on every
 * node.
 */
final class FeedResource {
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);
    private static final long PAGE_BYTES = 1 << 20;

    private final Shards shards;

    FeedResource(Shards shards) {
        this.shards = shards;
    }

    void addTo(Routes routes) {
        routes.add("GET", "/databases/{db}/feed", Routes.Pool.FEED, this::get);
    }

    private CompletableFuture<Reply> get(Ask ask) {
        boolean events = ask.header("Accept").orElse("").contains("text/event-stream");
        String since = ask.header("Last-Event-ID").or(() -> ask.query("since")).orElse("");
        Duration wait = ask.duration("wait").orElse(Duration.ZERO);
        if (wait.compareTo(LONGEST_WAIT) > 0) {
            throw new RookeryException(ErrorCode.BAD_REQUEST, "Expected a wait of at most 5m but found " + wait);
        }
        FeedStream.FeedFilter filter = new FeedStream.FeedFilter(
                (int) ask.number("limit", 1_000, 1, 100_000),
                PAGE_BYTES,
                ask.query("collection").orElse(null),
                ask.flag("before"));
        return place(ask, since).thenCompose(place -> {
            FeedStream stream = new FeedStream(shards.follow(ask), place, filter, events ? null : wait);
            // the first page is read before the status is sent, so that 410 can still be one
            return stream.open()
                    .thenApply(ready -> Reply.stream(events ? "text/event-stream" : "application/x-ndjson", stream));
        });
    }

    /** A token that names a shard which this node does not know may be of a split that it has not heard of yet. */
    private CompletableFuture<FeedToken> place(Ask ask, String since) {
        try {
            return CompletableFuture.completedFuture(parse(shards.of(ask), since));
        } catch (RookeryException e) {
            return e.code() == ErrorCode.GONE
                    ? shards.fresh(ask).thenApply(database -> parse(database, since))
                    : CompletableFuture.failedFuture(e);
        }
    }

    private static FeedToken parse(ShardedDatabase database, String since) {
        Topology.Database known = database.definition();
        return FeedToken.parse(since, known.shards().size(), known.divisions());
    }
}
