package io.rookery.server.http;

import io.rookery.api.Change;
import io.rookery.api.ChangeVector;
import io.rookery.api.ErrorCode;
import io.rookery.api.FeedPage;
import io.rookery.api.FeedRequest;
import io.rookery.api.Json;
import io.rookery.api.RookeryException;
import io.rookery.cluster.Consistency;
import io.rookery.cluster.ShardAccess;
import io.rookery.cluster.ShardQuestion;
import io.rookery.cluster.ShardedDatabase;
import io.rookery.cluster.topology.Topology;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * One reader's feed of all shards of a database: each shard's changes in their order, one shard's between another's as
 * they come. A long poll ends after the first page with changes, or when its wait is over; events go on until the reader
 * leaves. A checkpoint is written at least every five seconds, also when nothing matches.
 */
final class FeedStream implements BodyStream {
    private static final long CHECKPOINT_SECONDS = 5;

    private final Followed followed;
    private final FeedFilter filter;
    private final long deadline;
    private final boolean events;
    /** Newest sequence number of each shard, as far as is known here. */
    private long[] heads;
    /** What each shard's news is waited for with. Kept until it is there: one waits for each shard, however busy the others. */
    private CompletableFuture<Long>[] news;

    private Topology.Database known;
    private List<ShardAccess> shards;
    private FeedToken place;
    private int turn;
    private byte[] first;
    private boolean ended;
    private volatile boolean closed;

    /** The database that is read, through splits of its shards. */
    interface Followed {
        ShardedDatabase now();

        /** See {@link io.rookery.cluster.ClusterNode#whileSlotsMove}. */
        <T> CompletableFuture<T> whileSlotsMove(Supplier<CompletableFuture<T>> attempt);
    }

    /**
     * What a reader wants to see.
     *
     * @param limit most changes in a page
     * @param collection null for all
     * @param before whether changes carry the body before them
     */
    record FeedFilter(int limit, long maxBytes, String collection, boolean before) {}

    /** A page on its way: what is written, and how many changes it may still take. */
    private static final class Page {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream(1024);
        private int left;

        Page(int left) {
            this.left = left;
        }
    }

    /** @param wait of a long poll; null for events */
    @SuppressWarnings({"unchecked", "rawtypes"})
    FeedStream(Followed followed, FeedToken place, FeedFilter filter, Duration wait) {
        ShardedDatabase now = followed.now();
        this.followed = followed;
        this.known = now.definition();
        this.shards = now.all();
        this.place = place.after(known.divisions(), shards.size());
        this.filter = filter;
        this.events = wait == null;
        this.deadline = System.nanoTime() + (wait == null ? 0 : wait.toNanos());
        heads = new long[shards.size()];
        news = new CompletableFuture[shards.size()];
    }

    /** Reads the first page: a place that is gone fails here. Committed changes only, as of now on the whole cluster. */
    CompletableFuture<Void> open() {
        Page page = new Page(filter.limit());
        return read(page, 0, Consistency.LINEARIZABLE).thenAccept(done -> {
            for (int shard = 0; shard < heads.length; shard++) {
                refuseBeyondHead(shard);
            }
            first = end(page);
        });
    }

    /**
     * Goes on with the shards that there are now: of a new one from where that was which it came out of, so that each change
     * comes once, and a document's behind one another.
     */
    private void follow() {
        ShardedDatabase now = followed.now();
        if (now.definition().divisions().size() == known.divisions().size()) {
            return;
        }
        int before = shards.size();
        known = now.definition();
        shards = now.all();
        place = place.after(known.divisions(), shards.size());
        heads = Arrays.copyOf(heads, shards.size());
        news = Arrays.copyOf(news, shards.size());
        // it is looked at before it is waited for
        Arrays.fill(heads, before, heads.length, Long.MAX_VALUE);
    }

    /** All that was ever answered is behind the head by now, so the place is another feed's: waiting would skip changes. */
    private void refuseBeyondHead(int shard) {
        long sequence = place.of(shard).sequence();
        if (sequence > heads[shard]) {
            throw new RookeryException(
                    ErrorCode.GONE,
                    "Expected a place in the feed of at most " + heads[shard] + " but found " + sequence
                            + " of shard " + shard
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
        follow();
        if (!isCaughtUp()) {
            return piece();
        }
        long most = TimeUnit.SECONDS.toNanos(CHECKPOINT_SECONDS);
        long wait = events ? most : Math.max(1, Math.min(most, deadline - System.nanoTime()));
        return CompletableFuture.anyOf(waiting())
                .completeOnTimeout(null, wait, TimeUnit.NANOSECONDS)
                .thenComposeAsync(something -> {
                    lookForNews();
                    follow();
                    return piece();
                });
    }

    private CompletableFuture<?>[] waiting() {
        for (int shard = 0; shard < news.length; shard++) {
            if (news[shard] == null) {
                news[shard] = shards.get(shard)
                        .beyond(place.of(shard).sequence(), TimeUnit.SECONDS.toMillis(CHECKPOINT_SECONDS));
            }
        }
        return news;
    }

    private void lookForNews() {
        for (int shard = 0; shard < news.length; shard++) {
            if (news[shard] != null && news[shard].isDone()) {
                heads[shard] = Math.max(heads[shard], news[shard].join());
                news[shard] = null;
            }
        }
    }

    private boolean isCaughtUp() {
        for (int shard = 0; shard < heads.length; shard++) {
            if (place.of(shard).sequence() < heads[shard]) {
                return false;
            }
        }
        return true;
    }

    private CompletableFuture<Piece> piece() {
        Page page = new Page(filter.limit());
        turn = (turn + 1) % heads.length; // a busy shard does not keep the others waiting
        return followed.whileSlotsMove(() -> {
                    follow();
                    return read(page, 0, Consistency.LOCAL);
                })
                .thenApply(done -> new Piece(end(page), ended));
    }

    /**
     * Reads what there is, up to the page's bound: the shard whose turn it is first, {@code count} are done already. In
     * the first page every shard is asked, so that each can refuse its place.
     */
    private CompletableFuture<Void> read(Page page, int count, Consistency consistency) {
        if (count == heads.length) {
            return CompletableFuture.completedFuture(null);
        }
        int shard = (turn + count) % heads.length;
        boolean opening = consistency.equals(Consistency.LINEARIZABLE);
        boolean full = page.left == 0 || page.out.size() >= filter.maxBytes();
        if (!opening && (full || place.of(shard).sequence() >= heads[shard])) {
            return read(page, count + 1, consistency);
        }
        FeedToken.Place from = place.of(shard);
        FeedRequest request = new FeedRequest(
                from.sequence(),
                full ? 0 : page.left,
                filter.maxBytes(),
                filter.collection(),
                filter.before(),
                from.removed());
        return shards.get(shard)
                .ask(consistency, new ShardQuestion.Feed(request))
                .thenCompose(answer -> {
                    take(page, shard, answer.value());
                    return read(page, count + 1, consistency);
                });
    }

    private void take(Page page, int shard, FeedPage found) {
        if (place.of(shard).equals(FeedToken.Place.BEGINNING)) {
            place = place.with(shard, new FeedToken.Place(0, found.removed()));
        }
        for (Change change : found.changes()) {
            place = place.at(shard, change.sequence());
            line(page.out, Json.of(json(shard, change)));
        }
        page.left -= found.changes().size();
        place = place.at(shard, found.last());
        heads[shard] = found.head();
    }

    /** A checkpoint behind everything, which is the place to go on from. */
    private byte[] end(Page page) {
        line(page.out, Json.of(Map.of("checkpoint", place.toString())));
        boolean some = page.left < filter.limit();
        ended = !events && (some || (isCaughtUp() && System.nanoTime() - deadline >= 0));
        return page.out.toByteArray();
    }

    private Map<String, Object> json(int shard, Change change) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("token", place.toString());
        json.put("sequence", change.sequence());
        json.put("operation", change.operation().label());
        json.put("id", change.id());
        json.put("collection", change.collection());
        String writer = shards.get(known.writer(shard, change.sequence())).tag();
        json.put("changeVector", new ChangeVector(writer, change.sequence()).toString());
        json.put("timestamp", DocumentBody.time(change.timestamp()));
        json.put("document", change.document());
        if (filter.before()) {
            json.put("before", change.before());
        }
        return json;
    }

    /** With the place behind it, where this is an event. */
    private void line(ByteArrayOutputStream out, Json json) {
        if (events) {
            out.writeBytes(("id: " + place + "\ndata: ").getBytes(StandardCharsets.UTF_8));
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
