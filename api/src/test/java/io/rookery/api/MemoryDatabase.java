package io.rookery.api;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * One shard in memory with the promises of the real one: transactions take effect together or not at all, the feed
 * keeps every version. Nothing is ever compacted. Safe for many threads.
 */
public final class MemoryDatabase implements DocumentDatabase {
    /** As the store orders its keys. */
    private static final Comparator<String> UTF8 = (a, b) -> Arrays.compareUnsigned(utf8(a), utf8(b));

    /** Somebody who waits until a counter has passed a value. */
    private record Waiting(long value, CompletableFuture<Long> done) {}

    private final String tag;
    private final ReentrantLock lock = new ReentrantLock();
    private final NavigableMap<String, Document> documents = new TreeMap<>(UTF8);
    private final NavigableMap<String, byte[]> entries = new TreeMap<>(UTF8);
    private final List<Change> feed = new ArrayList<>();
    private final Map<String, Checkpoint> checkpoints = new HashMap<>();
    private final Map<String, Long> epochs = new HashMap<>();
    private final Map<String, CommitResult> results = new HashMap<>();
    private final List<Waiting> waitingForFeed = new ArrayList<>();
    private final List<Waiting> waitingForLog = new ArrayList<>();
    private long index;

    public MemoryDatabase() {
        this("A");
    }

    public MemoryDatabase(String tag) {
        this.tag = tag;
    }

    @Override
    public CompletableFuture<CommitResult> commit(Transaction transaction) {
        CommitResult result;
        try {
            result = locked(() -> apply(transaction));
        } catch (RookeryException e) {
            return CompletableFuture.failedFuture(e);
        }
        wake();
        return CompletableFuture.completedFuture(result);
    }

    /** Puts one document whatever is there; waits for nothing, as everything is in memory. */
    public ChangeVector put(String id, String collection, String body) {
        return commit(Transaction.of(List.of(new Write.PutDocument(id, collection, Json.parse(body), null)), 0))
                .join()
                .changeVectors()
                .get(0);
    }

    public ChangeVector delete(String id) {
        return commit(Transaction.of(List.of(new Write.DeleteDocument(id, null)), 0))
                .join()
                .changeVectors()
                .get(0);
    }

    private CommitResult apply(Transaction transaction) {
        index++;
        CommitResult first = transaction.idempotencyKey() == null ? null : results.get(transaction.idempotencyKey());
        if (first != null) {
            return new CommitResult(first.index(), first.sequence(), first.changeVectors(), true);
        }
        validate(transaction);
        if (transaction.fence() != null) {
            epochs.put(transaction.fence().task(), transaction.fence().epoch());
        }
        List<ChangeVector> versions = transaction.writes().stream()
                .map(write -> apply(write, transaction.timestamp()))
                .toList();
        CommitResult result = new CommitResult(index, feed.size(), versions, false);
        if (transaction.idempotencyKey() != null) {
            results.put(transaction.idempotencyKey(), result);
        }
        return result;
    }

    /** Everything is looked at before anything is changed. */
    private void validate(Transaction transaction) {
        if (transaction.fence() != null) {
            refuseOldEpoch(transaction.fence().task(), transaction.fence().epoch());
        }
        transaction.reads().forEach(read -> expect(read.id(), read.expected()));
        for (Write write : transaction.writes()) {
            if (write instanceof Write.PutDocument put) {
                expect(put.id(), put.expected());
            } else if (write instanceof Write.DeleteDocument delete) {
                expect(delete.id(), delete.expected());
            } else if (write instanceof Write.SaveCheckpoint save) {
                refuseOldEpoch(save.task(), save.checkpoint().epoch());
            }
        }
    }

    private void refuseOldEpoch(String task, long epoch) {
        long newest = epochs.getOrDefault(task, 0L);
        if (epoch < newest) {
            throw new RookeryException(
                    ErrorCode.FENCED, "Expected epoch " + newest + " or later but found " + epoch + " of task " + task);
        }
    }

    private void expect(String id, ChangeVector expected) {
        ChangeVector found = documents.containsKey(id) ? documents.get(id).changeVector() : ChangeVector.NONE;
        if (expected != null && !expected.equals(found)) {
            throw new RookeryException(
                    ErrorCode.CONFLICT,
                    "Expected change vector '" + expected + "' of " + id + " but found '" + found + "'");
        }
    }

    private ChangeVector apply(Write write, long timestamp) {
        if (write instanceof Write.PutDocument put) {
            return put(put, timestamp);
        } else if (write instanceof Write.DeleteDocument delete) {
            return delete(delete.id(), timestamp);
        } else if (write instanceof Write.PutEntry put) {
            entries.put(put.key(), put.value().clone());
        } else if (write instanceof Write.DeleteEntry delete) {
            entries.remove(delete.key());
        } else if (write instanceof Write.SaveCheckpoint save) {
            checkpoints.put(save.task(), save.checkpoint());
            epochs.put(save.task(), save.checkpoint().epoch());
        } else if (write instanceof Write.ForgetTask forget) {
            checkpoints.remove(forget.task());
            epochs.remove(forget.task());
        }
        return ChangeVector.NONE;
    }

    private ChangeVector put(Write.PutDocument put, long timestamp) {
        Document before = documents.get(put.id());
        long sequence = feed.size() + 1L;
        feed.add(new Change(
                sequence,
                before == null ? Operation.INSERT : Operation.UPDATE,
                put.id(),
                put.collection(),
                timestamp,
                put.body(),
                before == null ? null : before.body(),
                null));
        ChangeVector version = new ChangeVector(tag, sequence);
        documents.put(put.id(), new Document(put.id(), put.collection(), version, timestamp, put.body()));
        return version;
    }

    private ChangeVector delete(String id, long timestamp) {
        Document before = documents.remove(id);
        if (before == null) {
            return ChangeVector.NONE;
        }
        long sequence = feed.size() + 1L;
        feed.add(new Change(sequence, Operation.DELETE, id, before.collection(), timestamp, null, before.body(), null));
        return new ChangeVector(tag, sequence);
    }

    @Override
    public FeedPage read(FeedRequest request) {
        return locked(() -> {
            List<Change> page = new ArrayList<>();
            long bytes = 0;
            long last = Math.min(request.after(), feed.size());
            while (last < feed.size() && page.size() < request.limit() && bytes < request.maxBytes()) {
                Change change = feed.get((int) last++);
                if (request.collection() == null || request.collection().equals(change.collection())) {
                    bytes += change.document() == null ? 0 : change.document().size();
                    page.add(request.before() ? change : withoutBefore(change));
                }
            }
            return new FeedPage(page, Math.max(last, request.after()), feed.size());
        });
    }

    private static Change withoutBefore(Change change) {
        return new Change(
                change.sequence(),
                change.operation(),
                change.id(),
                change.collection(),
                change.timestamp(),
                change.document(),
                null,
                null);
    }

    @Override
    public CompletableFuture<Long> beyond(long sequence) {
        return await(waitingForFeed, sequence + 1);
    }

    @Override
    public CompletableFuture<Void> applied(long index) {
        return await(waitingForLog, index).thenAccept(applied -> {});
    }

    @Override
    public CompletableFuture<Void> fence() {
        return CompletableFuture.completedFuture(null);
    }

    private CompletableFuture<Long> await(List<Waiting> list, long value) {
        CompletableFuture<Long> done = new CompletableFuture<>();
        locked(() -> list.add(new Waiting(value, done)));
        wake();
        return done;
    }

    /** Completes futures outside the lock: what hangs on them may call back. */
    private void wake() {
        List<Runnable> woken = new ArrayList<>();
        locked(() -> take(waitingForFeed, feed.size(), woken));
        locked(() -> take(waitingForLog, index, woken));
        woken.forEach(Runnable::run);
    }

    private static boolean take(List<Waiting> list, long reached, List<Runnable> woken) {
        return list.removeIf(waiting -> {
            boolean passed = waiting.value() <= reached;
            if (passed) {
                woken.add(() -> waiting.done().complete(reached));
            }
            return passed;
        });
    }

    @Override
    public Optional<Document> document(String id) {
        return locked(() -> Optional.ofNullable(documents.get(id)));
    }

    @Override
    public List<Optional<Document>> documents(List<String> ids) {
        return locked(() ->
                ids.stream().map(id -> Optional.ofNullable(documents.get(id))).toList());
    }

    @Override
    public Optional<byte[]> entry(String key) {
        return locked(() -> Optional.ofNullable(entries.get(key)).map(byte[]::clone));
    }

    @Override
    public List<Entry> entries(String prefix, String after, int limit) {
        return locked(() -> from(entries, prefix, after, limit).entrySet().stream()
                .map(entry -> new Entry(entry.getKey(), entry.getValue().clone()))
                .toList());
    }

    @Override
    public List<Document> documentsFrom(String prefix, String after, int limit) {
        return locked(() -> List.copyOf(from(documents, prefix, after, limit).values()));
    }

    private static <T> NavigableMap<String, T> from(
            NavigableMap<String, T> all, String prefix, String after, int limit) {
        boolean behind = after != null && UTF8.compare(after, prefix) >= 0;
        NavigableMap<String, T> found = new TreeMap<>(UTF8);
        for (Map.Entry<String, T> entry :
                all.tailMap(behind ? after : prefix, !behind).entrySet()) {
            if (!entry.getKey().startsWith(prefix) || found.size() == limit) {
                break;
            }
            found.put(entry.getKey(), entry.getValue());
        }
        return found;
    }

    @Override
    public Checkpoint checkpoint(String task) {
        return locked(() -> checkpoints.getOrDefault(task, Checkpoint.NONE));
    }

    private <T> T locked(Supplier<T> action) {
        lock.lock();
        try {
            return action.get();
        } finally {
            lock.unlock();
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
