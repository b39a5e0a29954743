package io.rookery.etl.mirror;

import io.rookery.api.ChangeFeed;
import io.rookery.api.Checkpoint;
import io.rookery.api.CommitResult;
import io.rookery.api.Document;
import io.rookery.api.DocumentDatabase;
import io.rookery.api.Entry;
import io.rookery.api.ErrorCode;
import io.rookery.api.FeedPage;
import io.rookery.api.FeedRequest;
import io.rookery.api.Fence;
import io.rookery.api.RookeryException;
import io.rookery.api.Transaction;
import io.rookery.api.Write;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A database of several shards as a source sees it. Rows, indexes and offset are entries of its home shard, and so are the
 * documents that belong there; those of other shards are put into the same transaction as {@link Parcel parcels}, which
 * are handed over before the commit is told. The next transaction removes them.
 *
 * <p>So at most one transaction's parcels are there at a time, and whoever goes on, here or elsewhere, hands over what
 * did not arrive: a shard notes the label of the last one with its documents. {@link #fence()} does that, and refuses
 * former owners first. Each document is written once, in order; documents of several shards are not seen together.
 *
 * <p>For one thread, that begins no commit before the one before it is done, as {@link MirrorStore} does.
 */
public final class SpreadDatabase implements DocumentDatabase {
    private static final long PATIENCE_SECONDS = 30;
    private static final int PAGE = 100;

    private final DocumentDatabase home;
    private final Fence fence;
    private final OtherShards others;
    /** Keys of parcels in the home shard. */
    private List<String> parcels = List.of();
    /** The transaction whose parcels may not have arrived; null when all have. */
    private Sending sending;

    /** A transaction with what it became. */
    private record Sending(Transaction transaction, Transaction atHome, List<Parcel> parcels) {}

    /** @param home this node's replica of the shard where the source's unit is */
    public SpreadDatabase(DocumentDatabase home, Fence fence, OtherShards others) {
        this.home = home;
        this.fence = fence;
        this.others = others;
    }

    /** Starts of the keys of a unit's parcels. */
    static String parcels(String unit) {
        return "outbox/" + unit + '/';
    }

    /** Where a shard notes what arrived last. */
    static String arrived(String unit) {
        return "arrived/" + unit;
    }

    @Override
    public CompletableFuture<CommitResult> commit(Transaction transaction) {
        if (sending != null && !sending.transaction().equals(transaction)) {
            return CompletableFuture.failedFuture(new RookeryException(
                    ErrorCode.UNAVAILABLE, "What was written before did not arrive in all shards yet"));
        }
        Sending now = sending == null ? split(transaction) : sending;
        sending = now;
        return home.commit(now.atHome())
                .whenComplete((result, failure) -> {
                    if (failure != null && isKnown(failure)) {
                        sending = null; // nothing of it took effect
                    }
                })
                .thenCompose(result -> handOver(now.parcels()).thenApply(done -> {
                    parcels = now.parcels().stream().map(this::key).toList();
                    sending = null;
                    return result;
                }));
    }

    private static boolean isKnown(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return cause instanceof RookeryException known && known.outcomeKnown();
    }

    private Sending split(Transaction transaction) {
        List<Write> here = new ArrayList<>();
        Map<Integer, List<Write>> elsewhere = new TreeMap<>();
        parcels.forEach(key -> here.add(new Write.DeleteEntry(key)));
        for (Write write : transaction.writes()) {
            String id = id(write);
            int shard = id == null ? others.home() : others.shardOf(id);
            (shard == others.home() ? here : elsewhere.computeIfAbsent(shard, absent -> new ArrayList<>())).add(write);
        }
        List<Parcel> made = new ArrayList<>();
        elsewhere.forEach((shard, writes) ->
                made.add(new Parcel(shard, transaction.idempotencyKey(), transaction.timestamp(), writes)));
        made.forEach(parcel -> here.add(new Write.PutEntry(key(parcel), parcel.bytes())));
        Transaction atHome = new Transaction(
                transaction.reads(), here, transaction.idempotencyKey(), transaction.fence(), transaction.timestamp());
        return new Sending(transaction, atHome, made);
    }

    private String key(Parcel parcel) {
        return parcels(fence.task()) + parcel.key();
    }

    private CompletableFuture<Void> handOver(List<Parcel> some) {
        return CompletableFuture.allOf(some.stream().map(this::handOver).toArray(CompletableFuture[]::new));
    }

    private CompletableFuture<CommitResult> handOver(Parcel parcel) {
        List<Write> writes = new ArrayList<>(parcel.writes());
        byte[] label = parcel.label().getBytes(StandardCharsets.UTF_8);
        writes.add(new Write.PutEntry(arrived(fence.task()), label));
        return others.commit(
                parcel.shard(), new Transaction(List.of(), writes, parcel.key(), fence, parcel.timestamp()));
    }

    /** Refuses former owners, and hands over what they left; only then reads see everything. */
    @Override
    public CompletableFuture<Void> fence() {
        return home.commit(Transaction.fenced(fence, List.of(), 0)) // nothing is stamped with the time
                .thenCompose(result -> home.fence())
                .thenCompose(ready -> {
                    List<Parcel> left = left();
                    return CompletableFuture.allOf(left.stream()
                                    .flatMap(this::addressed)
                                    .map(this::handOverLeft)
                                    .toArray(CompletableFuture[]::new))
                            .thenAccept(done -> {
                                parcels = left.stream().map(this::key).toList();
                                sending = null;
                            });
                })
                .thenCompose(done -> home.fence());
    }

    private List<Parcel> left() {
        List<Parcel> left = new ArrayList<>();
        String after = null;
        List<Entry> page;
        do {
            page = home.entries(parcels(fence.task()), after, PAGE);
            for (Entry entry : page) {
                left.add(Parcel.of(entry.value()));
                after = entry.key();
            }
        } while (page.size() == PAGE);
        return left;
    }

    /** As the slots are now: a database that was restored may have other shards than the one that the parcel is from. */
    private Stream<Parcel> addressed(Parcel parcel) {
        Map<Integer, List<Write>> byShard = new TreeMap<>();
        parcel.writes().forEach(write -> byShard.computeIfAbsent(others.shardOf(id(write)), absent -> new ArrayList<>())
                .add(write));
        return byShard.entrySet().stream()
                .map(part -> new Parcel(part.getKey(), parcel.label(), parcel.timestamp(), part.getValue()));
    }

    /** Of a document that is written; null for an entry. */
    private static String id(Write write) {
        if (write instanceof Write.PutDocument put) {
            return put.id();
        }
        return write instanceof Write.DeleteDocument delete ? delete.id() : null;
    }

    /** The former owner is refused there before it is asked what arrived, or it could come behind the question. */
    private CompletableFuture<?> handOverLeft(Parcel parcel) {
        return others.commit(parcel.shard(), Transaction.fenced(fence, List.of(), 0))
                .thenCompose(result -> others.entry(parcel.shard(), arrived(fence.task())))
                .thenCompose(arrived -> arrived.map(label -> new String(label, StandardCharsets.UTF_8))
                                .filter(parcel.label()::equals)
                                .isPresent()
                        ? CompletableFuture.completedFuture(null)
                        : handOver(parcel));
    }

    @Override
    public Optional<Document> document(String id) {
        return documents(List.of(id)).get(0);
    }

    @Override
    public List<Optional<Document>> documents(List<String> ids) {
        return await(others.documents(ids));
    }

    @Override
    public List<Document> documentsFrom(String prefix, String after, int limit) {
        return await(others.documentsFrom(prefix, after, limit));
    }

    private static <T> T await(CompletableFuture<T> future) {
        return MirrorStore.await(future.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(
                        failure instanceof java.util.concurrent.TimeoutException
                                ? new RookeryException(
                                        ErrorCode.TIMEOUT,
                                        "The shards did not answer in " + PATIENCE_SECONDS + " s",
                                        failure)
                                : failure)));
    }

    @Override
    public CompletableFuture<Void> applied(long index) {
        return home.applied(index);
    }

    @Override
    public Optional<byte[]> entry(String key) {
        return home.entry(key);
    }

    @Override
    public List<Entry> entries(String prefix, String after, int limit) {
        return home.entries(prefix, after, limit);
    }

    @Override
    public Checkpoint checkpoint(String task) {
        return home.checkpoint(task);
    }

    /** Of the home shard, as {@link ChangeFeed} is of one. */
    @Override
    public FeedPage read(FeedRequest request) {
        return home.read(request);
    }

    @Override
    public CompletableFuture<Long> beyond(long sequence) {
        return home.beyond(sequence);
    }
}
