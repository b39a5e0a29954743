package io.rookery.store;

import io.rookery.api.Checkpoint;
import io.rookery.api.Document;
import io.rookery.api.Entry;
import io.rookery.store.rocks.RocksCursor;
import io.rookery.store.rocks.RocksStore;
import io.rookery.store.rocks.RocksView;
import io.rookery.store.rocks.Space;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongConsumer;

/** Reads of documents, entries and checkpoints. Any thread; each call sees one moment. */
final class StoreReads {
    private final RocksStore rocks;
    private final CollectionNames collections;
    private volatile Splits splits;

    StoreReads(RocksStore rocks, CollectionNames collections, Splits splits) {
        this.rocks = rocks;
        this.collections = collections;
        this.splits = splits;
    }

    /** After a split: from now on what moved is left out. */
    void splits(Splits now) {
        splits = now;
    }

    Splits splits() {
        return splits;
    }

    Optional<Document> document(String id) {
        return document(id, rocks.get(Space.DOCUMENTS, Keys.text(id)));
    }

    List<Optional<Document>> documents(List<String> ids) {
        try (RocksView view = rocks.view()) {
            List<byte[]> values =
                    view.get(Space.DOCUMENTS, ids.stream().map(Keys::text).toList());
            List<Optional<Document>> documents = new ArrayList<>(ids.size());
            for (int i = 0; i < ids.size(); i++) {
                documents.add(document(ids.get(i), values.get(i)));
            }
            return documents;
        }
    }

    List<Document> documentsFrom(String prefix, String after, int limit) {
        List<Document> documents = new ArrayList<>();
        try (RocksView view = rocks.view();
                RocksCursor cursor = behind(view, Space.DOCUMENTS, prefix, after)) {
            while (documents.size() < limit && cursor.next()) {
                owned(Keys.text(cursor.key()), cursor.value()).ifPresent(documents::add);
            }
        }
        return documents;
    }

    List<Document> documentsBehind(String after, int limit, long maxBytes) {
        List<Document> documents = new ArrayList<>();
        long bytes = 0;
        try (RocksView view = rocks.view();
                RocksCursor cursor = behind(view, Space.DOCUMENTS, "", after)) {
            while (documents.size() < limit && (bytes <= maxBytes || documents.isEmpty()) && cursor.next()) {
                byte[] value = cursor.value();
                bytes += value.length;
                owned(Keys.text(cursor.key()), value).ifPresent(documents::add);
            }
        }
        return documents;
    }

    Optional<byte[]> entry(String key) {
        return Optional.ofNullable(rocks.get(Space.ENTRIES, Keys.text(key)));
    }

    List<Entry> entries(String prefix, String after, int limit) {
        List<Entry> entries = new ArrayList<>();
        try (RocksView view = rocks.view();
                RocksCursor cursor = behind(view, Space.ENTRIES, prefix, after)) {
            while (entries.size() < limit && cursor.next()) {
                entries.add(new Entry(Keys.text(cursor.key()), cursor.value()));
            }
        }
        return entries;
    }

    Optional<CompareExchangeValue> exchange(String key) {
        return Optional.ofNullable(rocks.get(Space.STATE, Keys.exchange(key))).map(value -> exchange(key, value));
    }

    List<CompareExchangeValue> exchanges(String prefix, String after, int limit) {
        byte[] first = Keys.exchange(prefix);
        byte[] next = after == null ? first : Keys.behind(Keys.exchange(after));
        List<CompareExchangeValue> found = new ArrayList<>();
        try (RocksView view = rocks.view();
                RocksCursor cursor = view.cursor(
                        Space.STATE,
                        Arrays.compareUnsigned(first, next) > 0 ? first : next,
                        Keys.behindPrefix(first))) {
            while (found.size() < limit && cursor.next()) {
                String key = Keys.named(cursor.key());
                if (splits.owns(key)) {
                    found.add(exchange(key, cursor.value()));
                }
            }
        }
        return found;
    }

    private static CompareExchangeValue exchange(String key, byte[] value) {
        ExchangeRecord record = ExchangeRecord.read(value);
        return new CompareExchangeValue(key, record.index(), record.value());
    }

    /** The last number of each identity, by what stands before it. */
    SortedMap<String, Long> identities(int limit) {
        SortedMap<String, Long> identities = new TreeMap<>();
        try (RocksView view = rocks.view();
                RocksCursor cursor = view.cursor(Space.STATE, Keys.kind('N'), Keys.kind('N' + 1))) {
            while (identities.size() < limit && cursor.next()) {
                String prefix = Keys.named(cursor.key());
                if (splits.owns(prefix)) {
                    identities.put(prefix, Counter.read(cursor.value()));
                }
            }
        }
        return identities;
    }

    Checkpoint checkpoint(String task) {
        byte[] value = rocks.get(Space.STATE, Keys.task(task));
        Checkpoint saved = value == null ? null : TaskRecord.read(value).checkpoint();
        return saved == null ? Checkpoint.NONE : saved;
    }

    StoreStatistics statistics() {
        try (RocksView view = rocks.view()) {
            ShardRecord shard = ShardRecord.read(view.get(Space.STATE, Keys.SHARD));
            return new StoreStatistics(
                    CollectionNames.counts(view),
                    shard.tombstones(),
                    shard.head(),
                    shard.windowStart(),
                    oldestCheckpoint(view, shard.head()),
                    Counter.read(view.get(Space.STATE, Keys.REVISIONS)));
        }
    }

    /**
     * The hash by adding up everything that is stored; must be the one that was kept up to date write by write.
     *
     * @param read told how many bytes each step read
     */
    StateHash scan(LongConsumer read) {
        try (RocksView view = rocks.view()) {
            StateSum sum = new StateSum(0, 0);
            for (Space space : Space.values()) {
                addAll(view, space, sum, read);
            }
            return sum.at(
                    AppliedRecord.read(view.get(Space.STATE, Keys.APPLIED)).at().index());
        }
    }

    private static void addAll(RocksView view, Space space, StateSum sum, LongConsumer read) {
        try (RocksCursor cursor = view.cursor(space, new byte[0], null)) {
            while (cursor.next()) {
                byte[] key = cursor.key();
                byte[] value = cursor.value();
                if (space != Space.STATE || Keys.isReplicated(key)) {
                    sum.add(space, key, value);
                }
                read.accept((long) key.length + value.length);
            }
        }
    }

    /** Of tasks that have one. */
    SortedMap<String, Checkpoint> checkpoints() {
        SortedMap<String, Checkpoint> checkpoints = new TreeMap<>();
        try (RocksView view = rocks.view();
                RocksCursor cursor = view.cursor(Space.STATE, Keys.kind('T'), Keys.kind('T' + 1))) {
            while (cursor.next()) {
                Checkpoint saved = TaskRecord.read(cursor.value()).checkpoint();
                if (saved != null) {
                    checkpoints.put(Keys.named(cursor.key()), saved);
                }
            }
        }
        return checkpoints;
    }

    boolean isDue(long now, boolean expire, boolean refresh) {
        try (RocksView view = rocks.view()) {
            return isDue(view, DueKind.EXCHANGE, now)
                    || isDue(view, DueKind.PURGE, now)
                    || (expire && isDue(view, DueKind.EXPIRE, now))
                    || (refresh && isDue(view, DueKind.REFRESH, now));
        }
    }

    /** Whether something is stored that the shard no longer has. */
    boolean isToBeCleaned() {
        return rocks.get(Space.STATE, Keys.CLEANING) != null;
    }

    private static boolean isDue(RocksView view, DueKind kind, long now) {
        try (RocksCursor cursor = view.cursor(Space.STATE, Keys.due(kind, 0, ""), Keys.due(kind, now + 1, ""))) {
            return cursor.next();
        }
    }

    private static long oldestCheckpoint(RocksView view, long head) {
        long oldest = head;
        try (RocksCursor cursor = view.cursor(Space.STATE, Keys.kind('T'), Keys.kind('T' + 1))) {
            while (cursor.next()) {
                Checkpoint saved = TaskRecord.read(cursor.value()).checkpoint();
                oldest = saved == null ? oldest : Math.min(oldest, saved.sequence());
            }
        }
        return oldest;
    }

    private static RocksCursor behind(RocksView view, Space space, String prefix, String after) {
        byte[] first = Keys.text(prefix);
        byte[] next = after == null ? first : Keys.behind(Keys.text(after));
        return view.cursor(space, Arrays.compareUnsigned(first, next) > 0 ? first : next, Keys.behindPrefix(first));
    }

    private Optional<Document> owned(String id, byte[] value) {
        return splits.owns(id) ? document(id, value) : Optional.empty();
    }

    private Optional<Document> document(String id, byte[] value) {
        StoredDocument stored = value == null ? null : StoredDocument.read(value);
        if (stored == null || stored.isTombstone()) {
            return Optional.empty();
        }
        return Optional.of(new Document(
                id,
                collections.name(stored.collection()),
                splits.vector(stored.sequence()),
                stored.lastModified(),
                stored.body(),
                stored.due()));
    }
}
