package io.rookery.store;

import io.rookery.api.Change;
import io.rookery.api.ChangeVector;
import io.rookery.api.Checkpoint;
import io.rookery.api.CommitResult;
import io.rookery.api.Due;
import io.rookery.api.Json;
import io.rookery.api.Operation;
import io.rookery.api.Read;
import io.rookery.api.Transaction;
import io.rookery.api.Write;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** What a store must do, said as simply as possible: everything in maps, transactions on copies, no cleverness. */
final class StoreModel {
    private TreeMap<String, Change> documents = new TreeMap<>();
    private TreeMap<String, String> entries = new TreeMap<>();
    private TreeMap<String, CompareExchangeValue> exchanges = new TreeMap<>();
    private TreeMap<String, Long> identities = new TreeMap<>();
    private TreeMap<String, Due> due = new TreeMap<>();
    private TreeMap<String, Long> expiring = new TreeMap<>();
    private TreeMap<String, List<Change>> revisions = new TreeMap<>();
    private RevisionPolicy policy = RevisionPolicy.NONE;
    private long exchangeIndex;
    private long number;
    private TreeMap<Long, Change> feed = new TreeMap<>();
    private Map<String, Long> epochs = new HashMap<>();
    private Map<String, Checkpoint> checkpoints = new HashMap<>();
    private final LinkedHashMap<String, CommitResult> results = new LinkedHashMap<>();
    private final Map<String, Long> stamps = new HashMap<>();
    private long head;
    private long windowStart = 1;
    private long removed;

    /** Live documents' last changes, by id. */
    Map<String, Change> documents() {
        return documents;
    }

    Map<String, String> entries() {
        return entries;
    }

    NavigableMap<String, CompareExchangeValue> exchanges() {
        return exchanges;
    }

    Map<String, Long> identities() {
        return identities;
    }

    Due due(String id) {
        return due.getOrDefault(id, Due.NEVER);
    }

    /** Kept versions but for the latest one, the oldest first, by id. */
    Map<String, List<Change>> revisions() {
        return revisions;
    }

    void configure(RevisionPolicy next) {
        policy = next;
    }

    /** Sweeps to the end. */
    Outcome sweep(Command.Sweep sweep) {
        List<String> exchanged = dueNow(expiring, sweep.now());
        exchanged.forEach(key -> {
            exchangeIndex++;
            exchanges.remove(key);
            expiring.remove(key);
        });
        TreeMap<String, Long> times = new TreeMap<>();
        due.forEach((id, at) -> times.put(id, at.expires()));
        List<String> expired = sweep.expire() ? dueNow(times, sweep.now()) : List.of();
        expired.forEach(id -> change(id, documents.get(id).collection(), null, sweep.now(), Due.NEVER));
        times.clear();
        due.forEach((id, at) -> times.put(id, at.refresh()));
        List<String> refreshed = sweep.refresh() ? dueNow(times, sweep.now()) : List.of();
        refreshed.forEach(id -> {
            Change latest = documents.get(id);
            change(id, latest.collection(), latest.document(), sweep.now(), due(id).refreshed());
        });
        return new Outcome.Swept(expired.size(), refreshed.size(), exchanged.size(), false);
    }

    private static List<String> dueNow(Map<String, Long> times, long now) {
        return times.entrySet().stream()
                .filter(entry -> entry.getValue() != 0 && entry.getValue() <= now)
                .sorted(Map.Entry.<String, Long>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
                .map(Map.Entry::getKey)
                .toList();
    }

    private void revise(Change old, boolean deleted, long now) {
        RevisionPolicy.Rule rule = policy.of(old.collection());
        if (rule == null) {
            return;
        }
        List<Change> kept = new ArrayList<>(revisions.getOrDefault(old.id(), List.of()));
        if (deleted && rule.purgeOnDelete()) {
            kept.clear();
        } else {
            kept.add(old);
            int most = rule.keep() < 0 && rule.ageMillis() < 0 ? 0 : rule.mostDeletes();
            while (most-- > 0
                    && !kept.isEmpty()
                    && (rule.keep() < 0 || kept.size() > Math.max(0, rule.keep() - 1))
                    && (rule.ageMillis() < 0 || kept.get(0).timestamp() <= now - rule.ageMillis())) {
                kept.remove(0);
            }
        }
        if (kept.isEmpty()) {
            revisions.remove(old.id());
        } else {
            revisions.put(old.id(), kept);
        }
    }

    /** Every change that a reader that begins at 0 must see. */
    List<Change> feed() {
        return List.copyOf(feed.values());
    }

    long head() {
        return head;
    }

    long windowStart() {
        return windowStart;
    }

    long removed() {
        return removed;
    }

    Checkpoint checkpoint(String task) {
        return checkpoints.getOrDefault(task, Checkpoint.NONE);
    }

    /** A refusal is told by its kind only. */
    Object commit(Transaction transaction, long index) {
        if (results.containsKey(transaction.idempotencyKey())) {
            CommitResult first = results.get(transaction.idempotencyKey());
            return new CommitResult(first.index(), first.sequence(), first.changeVectors(), true, first.numbers());
        }
        if (transaction.fence() != null
                && transaction.fence().epoch()
                        < epochs.getOrDefault(transaction.fence().task(), 0L)) {
            return Outcome.Fenced.class;
        }
        for (Read read : transaction.reads()) {
            if (!read.expected().equals(version(read.id()))) {
                return Outcome.Conflict.class;
            }
        }
        StoreModel copy = copy();
        List<ChangeVector> vectors = new ArrayList<>();
        List<Long> numbers = new ArrayList<>();
        for (Write write : transaction.writes()) {
            copy.number = 0;
            Object result = copy.write(write, transaction);
            if (result instanceof Class) {
                return result;
            }
            vectors.add((ChangeVector) result);
            numbers.add(copy.number);
        }
        take(copy);
        if (transaction.fence() != null) {
            epochs.merge(transaction.fence().task(), transaction.fence().epoch(), Math::max);
        }
        boolean counted = numbers.stream().anyMatch(number -> number != 0);
        CommitResult result = new CommitResult(index, head, vectors, false, counted ? numbers : List.of());
        if (transaction.idempotencyKey() != null) {
            results.put(transaction.idempotencyKey(), result);
            stamps.put(transaction.idempotencyKey(), transaction.timestamp());
        }
        return result;
    }

    private Object write(Write write, Transaction transaction) {
        if (write instanceof Write.PutDocument put) {
            return isStale(put.id(), put.expected())
                    ? Outcome.Conflict.class
                    : change(put.id(), put.collection(), put.body(), transaction.timestamp(), put.due());
        }
        if (write instanceof Write.DeleteDocument delete) {
            if (isStale(delete.id(), delete.expected())) {
                return Outcome.Conflict.class;
            }
            Change old = documents.get(delete.id());
            return old == null
                    ? ChangeVector.NONE
                    : change(delete.id(), old.collection(), null, transaction.timestamp(), Due.NEVER);
        }
        if (write instanceof Write.PutNumbered put) {
            number = identities.getOrDefault(put.prefix(), 0L) + 1;
            identities.put(put.prefix(), number);
            return change(put.prefix() + number, put.collection(), put.body(), transaction.timestamp(), put.due());
        }
        if (write instanceof Write.PutCompareExchange put) {
            if (put.expected() != exchangeIndex(put.key())) {
                return Outcome.Mismatch.class;
            }
            number = ++exchangeIndex;
            exchanges.put(put.key(), new CompareExchangeValue(put.key(), number, put.value()));
            expiring.put(put.key(), put.expires());
        } else if (write instanceof Write.DeleteCompareExchange delete) {
            if (delete.expected() == 0 || delete.expected() != exchangeIndex(delete.key())) {
                return Outcome.Mismatch.class;
            }
            number = ++exchangeIndex;
            exchanges.remove(delete.key());
            expiring.remove(delete.key());
        } else if (write instanceof Write.TakeNumber take) {
            number = identities.merge(take.prefix(), 1L, Long::sum);
        } else if (write instanceof Write.SeedNumber seed) {
            long known = identities.getOrDefault(seed.prefix(), 0L);
            number = seed.force() ? seed.value() : Math.max(known, seed.value());
            identities.put(seed.prefix(), number);
        } else if (write instanceof Write.PutEntry put) {
            entries.put(put.key(), new String(put.value(), java.nio.charset.StandardCharsets.UTF_8));
        } else if (write instanceof Write.DeleteEntry delete) {
            entries.remove(delete.key());
        } else if (write instanceof Write.SaveCheckpoint save) {
            checkpoints.put(save.task(), save.checkpoint());
            epochs.merge(save.task(), save.checkpoint().epoch(), Math::max);
        }
        return ChangeVector.NONE;
    }

    long exchangeIndex(String key) {
        return exchanges.containsKey(key) ? exchanges.get(key).index() : 0;
    }

    private ChangeVector change(String id, String collection, Json body, long timestamp, Due next) {
        Change old = documents.get(id);
        Operation operation = body == null ? Operation.DELETE : old == null ? Operation.INSERT : Operation.UPDATE;
        Json before = old == null ? null : old.document();
        Change change = new Change(++head, operation, id, collection, timestamp, body, before, null);
        feed.put(head, change);
        due.put(id, next);
        if (old != null) {
            revise(old, body == null, timestamp);
        }
        if (body == null) {
            documents.remove(id);
        } else {
            documents.put(id, change);
        }
        return new ChangeVector("A", head);
    }

    private boolean isStale(String id, ChangeVector expected) {
        return expected != null && !expected.equals(version(id));
    }

    ChangeVector version(String id) {
        Change latest = documents.get(id);
        return latest == null ? ChangeVector.NONE : new ChangeVector("A", latest.sequence());
    }

    /** Compacts to the end. */
    void compact(Command.Compact command) {
        windowStart = Math.max(windowStart, Math.min(command.windowStart(), head + 1));
        Map<String, Long> lastBehind = new HashMap<>();
        feed.headMap(windowStart).forEach((sequence, change) -> lastBehind.put(change.id(), sequence));
        Map<String, Long> last = new HashMap<>();
        feed.forEach((sequence, change) -> last.put(change.id(), sequence));
        for (Change change : List.copyOf(feed.headMap(windowStart).values())) {
            long sequence = change.sequence();
            boolean isOld = lastBehind.get(change.id()) != sequence;
            boolean isOldTombstone =
                    change.isDelete() && sequence < command.tombstonesBefore() && last.get(change.id()) == sequence;
            if (isOld || isOldTombstone) {
                feed.remove(sequence);
            } else {
                feed.put(
                        sequence,
                        new Change(
                                sequence,
                                change.operation(),
                                change.id(),
                                change.collection(),
                                change.timestamp(),
                                change.document(),
                                null,
                                null));
            }
            if (isOldTombstone) {
                removed = Math.max(removed, sequence);
            }
        }
        for (String key : List.copyOf(results.keySet())) {
            if (stamps.get(key) >= command.idempotencyBefore()) {
                break;
            }
            results.remove(key);
        }
    }

    private StoreModel copy() {
        StoreModel copy = new StoreModel();
        copy.take(this);
        return copy;
    }

    private void take(StoreModel other) {
        documents = new TreeMap<>(other.documents);
        entries = new TreeMap<>(other.entries);
        feed = new TreeMap<>(other.feed);
        epochs = new HashMap<>(other.epochs);
        checkpoints = new HashMap<>(other.checkpoints);
        exchanges = new TreeMap<>(other.exchanges);
        identities = new TreeMap<>(other.identities);
        due = new TreeMap<>(other.due);
        expiring = new TreeMap<>(other.expiring);
        revisions = new TreeMap<>(other.revisions);
        policy = other.policy;
        exchangeIndex = other.exchangeIndex;
        head = other.head;
    }
}
