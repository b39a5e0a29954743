package io.rookery.etl.route;

import io.rookery.api.Change;
import io.rookery.api.DocumentReader;
import io.rookery.api.Entry;
import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import io.rookery.api.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * The parked changes of one task: entries {@code parked/TASK/ID/SEQUENCE} in the store, so another node finds them.
 * Memory holds a count for each document only. One thread; {@link #list} from any, {@link #holds} too: whoever asks on
 * another thread sees by {@link #version} whether the answer is still true.
 */
final class ParkedChanges {
    /** A document's parked changes: how many, and the sequence number of the oldest. */
    private record Held(int count, long first) {}

    private static final int PAGE = 200;
    private static final int MAX_DOCUMENTS = 200_000;

    private final String task;
    private final DocumentReader reader;
    private final Map<String, Held> held = new ConcurrentHashMap<>();
    private long total;
    private long newest;
    private final AtomicLong version = new AtomicLong();

    private ParkedChanges(String task, DocumentReader reader) {
        this.task = task;
        this.reader = reader;
    }

    static ParkedChanges load(String task, DocumentReader reader) {
        ParkedChanges parked = new ParkedChanges(task, reader);
        parked.scan(ParkedChange.prefix(task), entry -> parked.count(entry.key()));
        return parked;
    }

    /** A page in the order of keys, readable on every node. */
    static List<ParkedChange> list(String task, DocumentReader reader, String after, int limit) {
        return reader.entries(ParkedChange.prefix(task), after, limit).stream()
                .map(ParkedChange::of)
                .toList();
    }

    private void scan(String prefix, Consumer<Entry> consumer) {
        String after = null;
        List<Entry> page;
        do {
            page = reader.entries(prefix, after, PAGE);
            page.forEach(consumer);
            after = page.isEmpty() ? after : page.get(page.size() - 1).key();
        } while (page.size() == PAGE);
    }

    /** Whether the change must wait: it or an earlier one of its document is parked. */
    boolean holds(Change change) {
        Held found = held.get(change.id());
        return found != null && change.sequence() >= found.first();
    }

    /** Differs after every change of what is parked. */
    long version() {
        return version.get();
    }

    long total() {
        return total;
    }

    Set<String> documents() {
        return Set.copyOf(held.keySet());
    }

    /** Keys of one document's parked changes, oldest first. */
    List<String> keys(String id) {
        List<String> keys = new ArrayList<>();
        scan(ParkedChange.prefix(task) + id + '/', entry -> {
            // orders/1 is also the start of the keys of orders/1/2
            if (ParkedChange.id(task, entry.key()).equals(id)) {
                keys.add(entry.key());
            }
        });
        return keys;
    }

    /** The keys with this sequence number: one, or none. */
    List<String> keysOf(long sequence) {
        List<String> keys = new ArrayList<>();
        scan(ParkedChange.prefix(task), entry -> {
            if (ParkedChange.sequence(entry.key()) == sequence) {
                keys.add(entry.key());
            }
        });
        return keys;
    }

    Optional<ParkedChange> find(String key) {
        return reader.entry(key).map(value -> ParkedChange.of(new Entry(key, value)));
    }

    ParkedChange get(String key) {
        return find(key)
                .orElseThrow(() -> new RookeryException(
                        ErrorCode.NOT_FOUND,
                        "Expected the parked change " + ParkedChange.sequence(key) + " of " + ParkedChange.id(task, key)
                                + " but found none"));
    }

    /** The write that parks it; none when it is parked already, maybe with an edited document. */
    Optional<Write> park(Change change, String error, long now) {
        String key = key(change);
        if (change.sequence() <= newest && reader.entry(key).isPresent()) {
            return Optional.empty();
        }
        if (!held.containsKey(change.id()) && held.size() >= MAX_DOCUMENTS) {
            throw new RookeryException(
                    ErrorCode.OVERLOADED, "Expected at most " + MAX_DOCUMENTS + " documents with parked changes");
        }
        return Optional.of(
                new Write.PutEntry(key, new ParkedChange(change, error, error.isEmpty() ? 0 : 1, now).stored()));
    }

    String key(Change change) {
        return ParkedChange.key(task, change.id(), change.sequence());
    }

    /** After the commit of {@link #park}. */
    void count(String key) {
        long sequence = ParkedChange.sequence(key);
        held.merge(
                ParkedChange.id(task, key),
                new Held(1, sequence),
                (a, b) -> new Held(a.count() + b.count(), Math.min(a.first(), b.first())));
        newest = Math.max(newest, sequence);
        total++;
        version.incrementAndGet();
    }

    /** After the commit that removed it. What lies between a removed first one and the next is held too, until it is known. */
    void forget(String key) {
        long sequence = ParkedChange.sequence(key);
        held.computeIfPresent(
                ParkedChange.id(task, key),
                (id, found) -> found.count() > 1
                        ? new Held(found.count() - 1, found.first() == sequence ? sequence + 1 : found.first())
                        : null);
        total--;
        version.incrementAndGet();
    }
}
