package io.rookery.etl.mirror;

import io.rookery.api.CommitResult;
import io.rookery.api.DocumentDatabase;
import io.rookery.api.Entry;
import io.rookery.api.Fence;
import io.rookery.api.Json;
import io.rookery.api.RookeryException;
import io.rookery.api.RowChange;
import io.rookery.api.SourceBatch;
import io.rookery.api.Transaction;
import io.rookery.api.Write;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * Keeps one connection's rows and makes its tasks' documents of them.
 *
 * <p>A batch of changes is one transaction: rows, indexes, documents, and the source's offset. Where a change touches
 * more documents than a transaction should hold, the roots are written down in the same transaction and built in the
 * following ones, before anything else. While a snapshot is read only rows are kept; the documents are built when it is
 * complete, so none is ever seen half.
 *
 * <p>One thread. A throw leaves the database consistent: make a new mirror, which goes on from what is committed.
 */
final class Mirror {
    /** Documents that one transaction builds at most. */
    static final int ROOTS_IN_A_TRANSACTION = 1_000;

    private final DocumentDatabase database;
    private final RowKeys keys;
    private final Fence fence;
    private final LongSupplier clock;
    private final Map<String, DocumentBuilder> builders = new LinkedHashMap<>();
    private final Map<String, List<Place>> places = new LinkedHashMap<>();
    private final Map<String, Set<Reference>> references = new LinkedHashMap<>();
    private final MirrorProgress progress;
    /** Their rows are kept, and which of their documents must be built is written down. */
    private final Set<String> paused;

    private MirrorState state;

    Mirror(MirrorSetup setup, DocumentDatabase database, LongSupplier clock) {
        this.database = database;
        this.keys = new RowKeys(setup.connection());
        this.fence = setup.fence();
        this.clock = clock;
        this.progress = setup.progress();
        this.paused = setup.paused();
        await(database.fence());
        setup.tasks().forEach((definition, steps) -> {
            builders.put(definition.task(), new DocumentBuilder(definition, steps, database));
            definition.tables().forEach(table -> places.computeIfAbsent(table, absent -> new ArrayList<>()));
            for (Place place : Place.of(definition)) {
                places.get(place.table()).add(place);
                if (place.reference() != null) {
                    references
                            .computeIfAbsent(place.reference().table(), absent -> new LinkedHashSet<>())
                            .add(place.reference());
                }
            }
        });
        builders.values().forEach(builder -> new Rebuild(builder, this).remember());
        this.state = database.entry(keys.state()).map(MirrorState::of).orElse(MirrorState.NEW);
    }

    /** Tables that the tasks show. */
    Set<String> tables() {
        return places.keySet();
    }

    /** Whether the tables must be read from the source: never done to the end, or some of them are not stored. */
    boolean needsSnapshot() {
        return !state.complete() || !state.tables().containsAll(tables());
    }

    /** Where the source goes on; null when it begins with a snapshot. */
    Json offset() {
        return needsSnapshot() ? null : state.offset();
    }

    /** Call before the source is run without an offset. */
    void beginSnapshot() {
        state = state.beginSnapshot();
        commit(List.of(new Write.PutEntry(keys.state(), state.bytes())));
    }

    /** Builds what an earlier mirror left to be built, and all documents of a task whose mapping changed. */
    void catchUp() {
        if (!state.complete() || needsSnapshot()) {
            return;
        }
        if (!tables().containsAll(state.tables())) {
            state = state.completed(tables()); // rows of a table that nobody shows any more are not kept up to date
            commit(List.of(new Write.PutEntry(keys.state(), state.bytes())));
        }
        buildIndexes();
        for (DocumentBuilder builder : builders.values()) {
            if (!paused.contains(builder.definition().task())) {
                new Rebuild(builder, this).run();
            }
        }
        buildTodo();
    }

    void accept(SourceBatch batch) {
        if (batch.snapshot()) {
            storeSnapshot(batch);
        } else {
            if (!state.complete()) {
                completeSnapshot(batch.offset());
            }
            applyChanges(batch);
        }
    }

    // ---- snapshot

    private void storeSnapshot(SourceBatch batch) {
        Rows rows = new Rows(database, keys);
        DirtyRoots dirty = new DirtyRoots(places, rows);
        boolean repeated = state.generation() > 1;
        for (RowChange change : batch.changes()) {
            RowDelta.resolve(change, rows, key -> seen(change.table(), key, rows, repeated), delta -> {
                if (repeated) {
                    rows.putEntry(seenKey(delta.table(), delta.key()), new byte[0]);
                }
                applyRow(delta, rows, repeated ? dirty : null);
            });
        }
        List<Write> writes = rows.writes();
        writes.addAll(todo(dirty));
        commit(writes);
        progress.rows(batch.changes().size(), batch.sourceTimestamp());
    }

    private boolean seen(String table, String key, Rows rows, boolean repeated) {
        return repeated ? rows.has(seenKey(table, key)) : rows.json(table, key) != null;
    }

    private String seenKey(String table, String key) {
        return keys.seen(state.generation()) + RowKeys.escape(table) + '/' + key;
    }

    private void completeSnapshot(Json offset) {
        if (state.generation() > 1) {
            sweep();
        }
        List<Write> writes = new ArrayList<>();
        if (state.generation() == 1) {
            builders.keySet().forEach(task -> writes.add(new Write.DeleteEntry(keys.mapping(task))));
        }
        state = state.completed(tables()).at(offset);
        writes.add(new Write.PutEntry(keys.state(), state.bytes()));
        if (state.generation() == 1) {
            writes.add(indexes()); // every row was stored with all of them
        }
        commit(writes);
        catchUp();
    }

    /** Removes rows that the repeated snapshot did not see, then its marks. */
    private void sweep() {
        for (String table : tables()) {
            forEachPage(keys.rows(table), page -> {
                Rows rows = new Rows(database, keys);
                DirtyRoots dirty = new DirtyRoots(places, rows);
                for (Entry entry : page) {
                    String key = entry.key().substring(keys.rows(table).length());
                    if (!rows.has(seenKey(table, key))) {
                        applyRow(new RowDelta(table, key, Json.trusted(entry.value()), null), rows, dirty);
                    }
                }
                List<Write> writes = rows.writes();
                writes.addAll(todo(dirty));
                commit(writes);
            });
        }
        forEachPage(
                "seen/" + keys.connection() + '/',
                page -> commit(page.stream()
                        .map(entry -> (Write) new Write.DeleteEntry(entry.key()))
                        .toList()));
    }

    // ---- stream

    private void applyChanges(SourceBatch batch) {
        Rows rows = new Rows(database, keys);
        DirtyRoots dirty = new DirtyRoots(places, rows);
        for (RowChange change : batch.changes()) {
            if (change.kind() == RowChange.Kind.TRUNCATE) {
                truncate(change.table(), rows, dirty);
            } else if (places.containsKey(change.table())) {
                RowDelta.resolve(
                        change,
                        rows,
                        key -> rows.json(change.table(), key) != null,
                        delta -> applyRow(delta, rows, dirty));
            }
        }
        state = state.at(batch.offset());
        List<Write> writes = rows.writes();
        writes.add(new Write.PutEntry(keys.state(), state.bytes()));
        boolean later = dirty.size() > ROOTS_IN_A_TRANSACTION;
        if (later) {
            writes.addAll(todo(dirty));
        } else {
            dirty.byTask()
                    .forEach((task, roots) -> writes.addAll(
                            paused.contains(task) ? todo(task, roots) : build(builders.get(task), roots, rows)));
        }
        commit(writes);
        progress.rows(batch.changes().size(), batch.sourceTimestamp());
        if (later) {
            buildTodo();
        }
    }

    private void truncate(String table, Rows rows, DirtyRoots dirty) {
        if (!places.containsKey(table)) {
            return;
        }
        String prefix = keys.rows(table);
        forEachPage(
                prefix,
                page -> page.forEach(entry -> {
                    empty(table, entry.key().substring(prefix.length()), rows, dirty);
                }));
        rows.added(prefix).forEach(key -> empty(table, key, rows, dirty));
    }

    private void empty(String table, String key, Rows rows, DirtyRoots dirty) {
        applyRow(new RowDelta(table, key, rows.json(table, key), null), rows, dirty);
    }

    /** Puts one row's change into the batch: the row, its index entries, the roots that show it. */
    private void applyRow(RowDelta delta, Rows rows, DirtyRoots dirty) {
        if (delta.isEmpty()) {
            return;
        }
        Map<String, Object> before =
                delta.before() == null ? null : delta.before().asObject();
        Map<String, Object> after = delta.after() == null ? null : delta.after().asObject();
        for (Reference reference : references.getOrDefault(delta.table(), Set.of())) {
            String old = before == null ? null : RowKeys.key(before, reference.columns());
            String now = after == null ? null : RowKeys.key(after, reference.columns());
            if (old != null && !old.equals(now)) {
                rows.removeReference(reference, old, delta.key());
            }
            if (now != null && !now.equals(old)) {
                rows.putReference(reference, now, delta.key());
            }
        }
        if (after == null) {
            rows.remove(delta.table(), delta.key());
        } else {
            rows.put(delta.table(), delta.key(), delta.after());
        }
        if (dirty != null) {
            markFormer(delta, before, after, dirty);
            mark(delta, before, after, dirty);
        }
    }

    private static void mark(RowDelta delta, Map<String, Object> before, Map<String, Object> after, DirtyRoots dirty) {
        if (before != null && after != null) {
            dirty.markChanged(delta.table(), delta.key(), before, after);
        } else {
            dirty.mark(delta.table(), delta.key(), after == null ? before : after);
        }
    }

    /** A root whose document's id this change takes away remembers it. */
    private void markFormer(RowDelta delta, Map<String, Object> before, Map<String, Object> after, DirtyRoots dirty) {
        if (before == null) {
            return;
        }
        for (DocumentBuilder builder : builders.values()) {
            if (builder.definition().root().table().equals(delta.table())) {
                String ids =
                        builder.formerIds(delta.key(), before, after == null ? null : builder.id(delta.key(), after));
                if (!ids.isEmpty()) {
                    dirty.add(builder.definition().task(), delta.key(), ids);
                }
            }
        }
    }

    // ---- documents

    List<Write> build(DocumentBuilder builder, Map<String, String> roots, Rows rows) {
        List<Write> writes = builder.build(roots, rows, clock.getAsLong());
        progress.documents(
                builder.definition().task(), writes.size(), builder.parked().count());
        return writes;
    }

    private List<Write> todo(DirtyRoots dirty) {
        List<Write> writes = new ArrayList<>();
        dirty.byTask().forEach((task, roots) -> writes.addAll(todo(task, roots)));
        return writes;
    }

    /** Writes roots down to be built later; what is written down already keeps its former id: that one is stored. */
    private List<Write> todo(String task, Map<String, String> roots) {
        List<Write> writes = new ArrayList<>();
        roots.forEach((root, former) -> {
            String entry = keys.todo(task) + root;
            if (database.entry(entry).filter(value -> value.length > 0).isEmpty()) {
                writes.add(new Write.PutEntry(entry, former.getBytes(StandardCharsets.UTF_8)));
            }
        });
        return writes;
    }

    private void buildTodo() {
        for (DocumentBuilder builder : builders.values()) {
            String task = builder.definition().task();
            if (paused.contains(task)) {
                continue;
            }
            String prefix = keys.todo(task);
            forEachPage(prefix, page -> {
                Map<String, String> roots = new LinkedHashMap<>();
                page.forEach(entry -> roots.put(
                        entry.key().substring(prefix.length()), new String(entry.value(), StandardCharsets.UTF_8)));
                List<Write> writes = build(builder, roots, new Rows(database, keys));
                page.forEach(entry -> writes.add(new Write.DeleteEntry(entry.key())));
                commit(writes);
            });
        }
    }

    /** Makes the indexes that stored rows lack because no task needed them; forgets those that none needs any more. */
    private void buildIndexes() {
        Set<String> stored = storedIndexes();
        if (stored.equals(indexed())) {
            return;
        }
        for (Set<Reference> all : references.values()) {
            for (Reference reference : all) {
                if (!stored.contains(name(reference))) {
                    forEachPage(
                            keys.refs(reference),
                            page -> commit(page.stream()
                                    .map(entry -> (Write) new Write.DeleteEntry(entry.key()))
                                    .toList()));
                    fill(reference);
                }
            }
        }
        commit(List.of(indexes()));
    }

    private void fill(Reference reference) {
        String prefix = keys.rows(reference.table());
        forEachPage(prefix, page -> {
            Rows rows = new Rows(database, keys);
            for (Entry entry : page) {
                String values = RowKeys.key(Json.trusted(entry.value()).asObject(), reference.columns());
                if (values != null) {
                    rows.putReference(reference, values, entry.key().substring(prefix.length()));
                }
            }
            commit(rows.writes());
        });
    }

    private Write indexes() {
        return new Write.PutEntry(
                keys.state() + "/indexes", Json.of(List.copyOf(indexed())).bytes());
    }

    /** Tries a parked document again; true when it was built. */
    boolean retry(String task, String id) {
        DocumentBuilder builder = builders.get(task);
        String root = builder == null ? null : builder.parked().root(id);
        if (root == null) {
            return false;
        }
        commit(build(builder, Map.of(root, ""), new Rows(database, keys)));
        return builder.parked().root(id) == null;
    }

    DocumentBuilder builder(String task) {
        return builders.get(task);
    }

    // ---- what the other parts of a mirror share

    RowKeys keys() {
        return keys;
    }

    DocumentDatabase database() {
        return database;
    }

    private static String name(Reference reference) {
        return reference.table() + ' ' + String.join(",", reference.columns());
    }

    /** The indexes that these tasks need. */
    private Set<String> indexed() {
        Set<String> indexes = new TreeSet<>();
        references.values().forEach(set -> set.forEach(reference -> indexes.add(name(reference))));
        return indexes;
    }

    private Set<String> storedIndexes() {
        Set<String> indexes = new TreeSet<>();
        database.entry(keys.state() + "/indexes").ifPresent(bytes -> {
            ((List<?>) Json.trusted(bytes).value()).forEach(index -> indexes.add((String) index));
        });
        return indexes;
    }

    interface PageConsumer {
        void accept(List<Entry> page);
    }

    private void forEachPage(String prefix, PageConsumer consumer) {
        List<Entry> page = List.of();
        do {
            String after = page.isEmpty() ? null : page.get(page.size() - 1).key();
            page = database.entries(prefix, after, ROOTS_IN_A_TRANSACTION);
            if (!page.isEmpty()) {
                consumer.accept(page);
            }
        } while (page.size() == ROOTS_IN_A_TRANSACTION);
    }

    /**
     * Commits, and waits until this node's reads see it. Where it is not known whether a transaction took effect the
     * same one is given again, under its key, until it is: going on from older rows could undo it.
     */
    void commit(List<Write> writes) {
        if (writes.isEmpty()) {
            return;
        }
        String key = fence.task() + '-' + fence.epoch() + '-' + UUID.randomUUID();
        Transaction transaction = new Transaction(List.of(), writes, key, fence, clock.getAsLong());
        CommitResult result = await(database.commit(transaction), transaction);
        await(database.applied(result.index()));
    }

    private CommitResult await(CompletableFuture<CommitResult> first, Transaction transaction) {
        CompletableFuture<CommitResult> attempt = first;
        while (true) {
            try {
                return await(attempt);
            } catch (RookeryException e) {
                if (e.outcomeKnown() || Thread.currentThread().isInterrupted()) {
                    throw e;
                }
                LockSupport.parkNanos(200_000_000L);
                attempt = database.commit(transaction);
            }
        }
    }

    private static <T> T await(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RookeryException failure) {
                throw failure;
            }
            throw e;
        }
    }
}
