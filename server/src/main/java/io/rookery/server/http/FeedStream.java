package io.rookery.server.http;

import io.rookery.api.Change;
import io.rookery.api.ChangeVector;
import io.rookery.api.ErrorCode;
import io.rookery.api.FeedPage;
import io.rookery.api.FeedRequest;
import io.rookery.api.Json;
import io.rookery.api.RookeryException;
import io.rookery.cluster.ReplicatedStore;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * One reader's feed. A long poll ends after the first page with changes, or when its wait is over; events go on until the
 * reader leaves. A checkpoint is written at least every five seconds, also when nothing matches.
 */
final class FeedStream implements BodyStream {
    private static final long CHECKPOINT_SECONDS = 5;

    private final ReplicatedStore shard;
    private final FeedRequest request;
    private final long deadline;
    private final boolean events;
    private FeedToken place;
    private long head;
    private byte[] first;
    private boolean ended;
    private volatile boolean closed;

    /** @param wait of a long poll; null for events */
    FeedStream(ReplicatedStore shard, FeedRequest request, Duration wait) {
        this.shard = shard;
        this.request = request;
        this.events = wait == null;
        this.deadline = System.nanoTime() + (wait == null ? 0 : wait.toNanos());
        this.place = new FeedToken(request.after(), request.removed());
    }

    /** Reads the first page: a place that is gone fails here. Committed changes only, as of now on the whole cluster. */
    CompletableFuture<Void> open() {
        return shard.fence().thenAccept(ready -> {
            first = page();
            refuseBeyondHead();
        });
    }

    /** All that was ever answered is behind the head by now, so the place is another feed's: waiting would skip changes. */
    private void refuseBeyondHead() {
        if (request.after() > head) {
            throw new RookeryException(
                    ErrorCode.GONE,
                    "Expected a place in the feed of at most " + head + " but found " + request.after()
                            + ": it is of another database, or of one that was deleted; read from 0 again");
        }
    }

    @Override
    public CompletableFuture<Piece> next() {
        if (first != null) {
            byte[] bytes = first;
            first = null;
            return CompletableFuture.completedFuture(new Piece(bytes, ended));
        }
        if (closed) {
            return CompletableFuture.completedFuture(new Piece(new byte[0], true));
        }
        if (place.sequence() < head) {
            return CompletableFuture.completedFuture(new Piece(page(), ended));
        }
        long most = TimeUnit.SECONDS.toNanos(CHECKPOINT_SECONDS);
        long wait = events ? most : Math.max(1, Math.min(most, deadline - System.nanoTime()));
        return shard.beyond(place.sequence())
                .completeOnTimeout(place.sequence(), wait, TimeUnit.NANOSECONDS)
                .thenApplyAsync(newest -> new Piece(page(), ended));
    }

    /** Everything from the place on, up to a page's bound, then a checkpoint. */
    private byte[] page() {
        ByteArrayOutputStream out = new ByteArrayOutputStream(1024);
        FeedPage page = shard.read(new FeedRequest(
                place.sequence(),
                request.limit(),
                request.maxBytes(),
                request.collection(),
                request.before(),
                place.removed()));
        if (place.equals(FeedToken.BEGINNING)) {
            place = new FeedToken(0, page.removed());
        }
        for (Change change : page.changes()) {
            line(out, place.at(change.sequence()), Json.of(json(change)));
        }
        place = place.at(page.last());
        head = page.head();
        line(out, place, Json.of(Map.of("checkpoint", place.toString())));
        boolean caughtUp = place.sequence() >= head;
        ended = !events && (!page.changes().isEmpty() || (caughtUp && System.nanoTime() - deadline >= 0));
        return out.toByteArray();
    }

    private Map<String, Object> json(Change change) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("token", place.at(change.sequence()).toString());
        json.put("sequence", change.sequence());
        json.put("operation", change.operation().label());
        json.put("id", change.id());
        json.put("collection", change.collection());
        json.put("changeVector", new ChangeVector(shard.tag(), change.sequence()).toString());
        json.put("timestamp", DocumentBody.time(change.timestamp()));
        json.put("document", change.document());
        if (request.before()) {
            json.put("before", change.before());
        }
        return json;
    }

    private void line(ByteArrayOutputStream out, FeedToken token, Json json) {
        if (events) {
            out.writeBytes(("id: " + token + "\ndata: ").getBytes(StandardCharsets.UTF_8));
            // a body may have line ends in it, which an event's data must not
            json.toString().lines().forEach(part -> out.writeBytes(part.getBytes(StandardCharsets.UTF_8)));
            out.writeBytes("\n\n".getBytes(StandardCharsets.UTF_8));
        } else {
            json.toString().lines().forEach(part -> out.writeBytes(part.getBytes(StandardCharsets.UTF_8)));
            out.write('\n');
        }
    }

    @Override
    public void closed() {
        closed = true;
    }
}
