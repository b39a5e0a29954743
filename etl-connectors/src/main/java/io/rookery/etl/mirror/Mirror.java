package io.rookery.etl.mirror;

import io.rookery.api.DocumentDatabase;
import io.rookery.api.Entry;
import io.rookery.api.Json;
import io.rookery.api.RowChange;
import io.rookery.api.SourceBatch;
import io.rookery.api.Write;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Keeps one connection's rows and makes its tasks' documents of them.
 *
 * <p>A batch of changes is one transaction: rows, indexes, documents, and the source's offset. Where a change touches
 * more documents than a transaction should hold, the roots are written down in transactions before it and built in the
 * following ones, before anything else. While a snapshot is read only rows are kept, and documents that show one row alone;
 * all others are built when it is complete, so none is ever seen half.
 *
 * <p>One thread. A throw leaves the database consistent: make a new mirror, which goes on from what is committed.
 */
final class Mirror {
    private final MirrorStore store;
    private final RowKeys keys;
    private final PendingRoots pending;
    private final Map<String, DocumentBuilder> builders = new LinkedHashMap<>();
    private final Map<String, List<Place>> places = new LinkedHashMap<>();
    private final MirrorIndexes indexes;
    private final MirrorProgress progress;
    /** Their rows are kept, and which of their documents must be built is written down. */
    private final Set<String> paused;
    /** Whose documents are made while the first snapshot is read. */
    private final Map<String, DocumentBuilder> atOnce = new LinkedHashMap<>();

    private MirrorState state;

    Mirror(MirrorSetup setup, DocumentDatabase database, LongSupplier clock) {
        this.store = new MirrorStore(setup, database, clock);
        this.keys = store.keys();
        this.pending = new PendingRoots(store);
        this.progress = setup.progress();
        this.paused = setup.paused();
        MirrorStore.await(database.fence());
        for (MirrorTask task : setup.tasks()) {
            MirrorDefinition definition = task.definition();
            builders.put(definition.task(), new DocumentBuilder(task, progress, store));
            definition.tables().forEach(table -> places.computeIfAbsent(table, absent -> new ArrayList<>()));
            Place.of(definition).forEach(place -> places.get(place.table()).add(place));
        }
        this.indexes = new MirrorIndexes(places, store);
        builders.values().forEach(builder -> new Rebuild(builder, store).remember());
        this.state = database.entry(keys.state()).map(MirrorState::of).orElseGet(this::stateOfNothing);
    }

    /** Rows without a state are what a deleted task left half erased: the next snapshot sweeps them. */
    private MirrorState stateOfNothing() {
        boolean garbage = !store.database().entries(keys.rows(), null, 1).isEmpty();
        return garbage ? MirrorState.NEW.beginSnapshot() : MirrorState.NEW;
    }

    /** Tables that the tasks show. */
    Set<String> tables() {
        return places.keySet();
    }

    /** Whether the tables must be read from the source: never done to the end, or some of them are not stored. */
    boolean needsSnapshot() {
        return !state.complete() || state.offset() == null || !state.tables().containsAll(tables());
    }

    /** Where the source goes on; null when it begins with a snapshot. */
    Json offset() {
        return needsSnapshot() ? null : state.offset();
    }

    /** Call before the source is run without an offset. */
    void beginSnapshot() {
        state = state.beginSnapshot();
        store.commit(List.of(new Write.PutEntry(keys.state(), state.bytes())));
        chooseAtOnce();
    }

    /** Waits for what is under way; a mirror that comes after this one must not meet it. */
    void settle() {
        store.settle();
    }

    /** Builds what an earlier mirror left to be built, and all documents of a task whose mapping changed. */
    void catchUp() {
        if (!needsSnapshot()) {
            bringUpToDate();
        }
    }

    private void bringUpToDate() {
        if (!tables().containsAll(state.tables())) {
            state = state.completed(tables()); // rows of a table that nobody shows any more are not kept up to date
            store.commit(List.of(new Write.PutEntry(keys.state(), state.bytes())));
        }
        removeForgottenTables();
        indexes.build();
        for (DocumentBuilder builder : builders.values()) {
            if (!paused.contains(builder.definition().task())) {
                new Rebuild(builder, store).run();
            }
        }
        buildPending();
    }

    private void removeForgottenTables() {
        String after = null;
        while (true) {
            List<Entry> next = store.database().entries(keys.rows(), after, 1);
            if (next.isEmpty()) {
                return;
            }
            String prefix = keys.tableOf(next.get(0).key());
            if (tables().stream().noneMatch(table -> keys.rows(table).equals(prefix))) {
                store.deleteAll(prefix);
            }
            after = prefix.substring(0, prefix.length() - 1) + '0'; // what follows the slash
        }
    }

    void accept(SourceBatch batch) {
        if (batch.snapshot()) {
            storeSnapshot(batch);
        } else {
            if (!state.complete()) {
                // the place lies behind the batch's changes: it is remembered with them, and not a moment before
                completeSnapshot(batch.changes().isEmpty() ? batch.offset() : null);
            }
            applyChanges(batch);
        }
    }

    // ---- snapshot

    private void storeSnapshot(SourceBatch batch) {
        boolean repeated = state.generation() > 1;
        // rows without a key are told apart by how many equal ones are stored
        boolean independent = !repeated
                && batch.changes().stream().noneMatch(change -> change.key().isEmpty());
        if (!independent) {
            store.settle();
        }
        Rows rows = independent ? store.firstRows() : store.rows();
        DirtyRoots dirty = dirty(rows);
        for (RowChange change : batch.changes()) {
            RowDelta.resolve(change, rows, key -> seen(change.table(), key, rows, repeated), delta -> {
                if (repeated) {
                    rows.putEntry(seenKey(delta.table(), delta.key()), new byte[0]);
                }
                applyRow(delta, rows, repeated ? dirty : null);
            });
        }
        if (repeated) {
            dirty.handOn();
            store.commit(rows.writes());
        } else {
            store.commitInPartsAhead(firstWrites(rows)); // the next batch has other rows
        }
        progress.rows(batch.changes().size(), batch.sourceTimestamp());
    }

    /** A first snapshot's rows with the documents that are made of one row each. */
    private List<Write> firstWrites(Rows rows) {
        List<Write> writes = rows.writes();
        for (DocumentBuilder builder : List.copyOf(atOnce.values())) {
            Map<String, String> roots = new LinkedHashMap<>();
            String table = builder.definition().root().table();
            rows.added(keys.rows(table)).forEach(key -> roots.put(key, ""));
            try {
                writes.addAll(builder.build(roots, rows, store.now()));
                builder.tell(roots.size());
            } catch (TaskStopped e) {
                builder.drop();
                atOnce.remove(
                        builder.definition().task()); // it stops when its turn comes, and not the others' snapshot
            }
        }
        return writes;
    }

    /** Tasks whose documents each show one row alone need not wait for the others. */
    private void chooseAtOnce() {
        atOnce.clear();
        builders.values().stream()
                .filter(builder -> state.generation() == 1
                        && builder.definition().isFlat()
                        && builder.formers().isEmpty()
                        && !paused.contains(builder.definition().task()))
                .forEach(builder -> atOnce.put(builder.definition().task(), builder));
        atOnce.values().forEach(builder -> builder.vacant(true));
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
            builders.forEach((task, builder) -> writes.add(
                    atOnce.containsKey(task)
                            ? new Rebuild(builder, store).done()
                            : new Write.DeleteEntry(keys.mapping(task))));
        }
        state = state.completed(tables()).at(offset);
        writes.add(new Write.PutEntry(keys.state(), state.bytes()));
        if (state.generation() == 1) {
            writes.add(indexes.complete()); // every row was stored with all of them
        }
        store.commit(writes);
        builders.values().forEach(builder -> builder.vacant(false));
        bringUpToDate();
    }

    /** Removes rows that the repeated snapshot did not see, then its marks. */
    private void sweep() {
        for (String table : tables()) {
            store.forEachPage(keys.rows(table), page -> {
                Rows rows = store.rows();
                DirtyRoots dirty = dirty(rows);
                for (Entry entry : page) {
                    String key = entry.key().substring(keys.rows(table).length());
                    if (!rows.has(seenKey(table, key))) {
                        applyRow(new RowDelta(table, key, Json.trusted(entry.value()), null), rows, dirty);
                    }
                }
                dirty.handOn();
                store.commit(rows.writes());
            });
        }
        store.deleteAll("seen/" + keys.connection() + '/');
    }

    // ---- stream

    private void applyChanges(SourceBatch batch) {
        Rows rows = store.rows();
        DirtyRoots dirty = dirty(rows);
        for (RowChange change : batch.changes()) {
            if (!places.containsKey(change.table())) {
                continue;
            }
            if (change.kind() == RowChange.Kind.TRUNCATE) {
                truncate(change.table(), rows, dirty);
            } else {
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
        Map<String, Integer> counts = new LinkedHashMap<>();
        List<Write> documents = dirty.overflown() ? null : documents(dirty, rows, counts);
        if (documents == null) {
            dirty.handOn();
            store.commit(writes);
            buildPending();
        } else {
            writes.addAll(documents);
            store.commit(writes);
            counts.forEach((task, count) -> builders.get(task).tell(count));
        }
        progress.rows(batch.changes().size(), batch.sourceTimestamp());
    }

    /** What the batch's own transaction writes for documents; null when that is too much for one. */
    private List<Write> documents(DirtyRoots dirty, Rows rows, Map<String, Integer> counts) {
        List<Write> writes = new ArrayList<>();
        for (Map.Entry<String, Map<String, String>> entry : dirty.byTask().entrySet()) {
            String task = entry.getKey();
            Map<String, String> roots = entry.getValue();
            DocumentBuilder builder = builders.get(task);
            if (paused.contains(task)) {
                writes.addAll(pending.writes(task, roots));
            } else if (roots.size() <= builder.slice().size()) {
                writes.addAll(builder.build(roots, rows, store.now()));
                counts.put(task, roots.size());
            } else {
                writes = null;
            }
            if (writes == null || MirrorStore.bytes(writes) > store.limits().bytes()) {
                counts.keySet().forEach(built -> builders.get(built).drop());
                return null;
            }
        }
        return writes;
    }

    /**
     * Empties a table in transactions of their own, ahead of the batch's: one can hold any number of rows. After a crash
     * among them the batch comes again and empties the rest.
     */
    private void truncate(String table, Rows rows, DirtyRoots dirty) {
        String prefix = keys.rows(table);
        store.forEachPage(prefix, page -> {
            Rows emptied = store.rows();
            for (Entry entry : page) {
                String key = entry.key().substring(prefix.length());
                RowDelta gone = new RowDelta(table, key, Json.trusted(entry.value()), null);
                applyRow(gone, emptied, null);
                markRemoved(gone, dirty);
            }
            dirty.handOn();
            store.commit(emptied.writes());
        });
        rows.added(prefix).forEach(key -> markRemoved(new RowDelta(table, key, rows.json(table, key), null), dirty));
        rows.forget(table);
    }

    private void markRemoved(RowDelta gone, DirtyRoots dirty) {
        Map<String, Object> before = gone.before().asObject();
        markFormer(gone, before, null, dirty);
        mark(gone, before, null, dirty);
    }

    private DirtyRoots dirty(Rows rows) {
        return new DirtyRoots(places, rows, store.limits().writes(), pending::writeDown);
    }

    /** Puts one row's change into the batch: the row, its index entries, the roots that show it. */
    private void applyRow(RowDelta delta, Rows rows, DirtyRoots dirty) {
        if (delta.isEmpty()) {
            return;
        }
        if (delta.after() == null) {
            rows.remove(delta.table(), delta.key());
        } else {
            rows.put(delta.table(), delta.key(), delta.after());
        }
        Set<Reference> references = indexes.of(delta.table());
        if (dirty != null || !references.isEmpty()) { // else nobody asks what is in the row: it is not parsed
            applyReferences(delta, references, rows, dirty);
        }
    }

    private void applyReferences(RowDelta delta, Set<Reference> references, Rows rows, DirtyRoots dirty) {
        Map<String, Object> before =
                delta.before() == null ? null : delta.before().asObject();
        Map<String, Object> after = delta.after() == null ? null : delta.after().asObject();
        for (Reference reference : references) {
            String old = before == null ? null : RowKeys.key(before, reference.columns());
            String now = after == null ? null : RowKeys.key(after, reference.columns());
            if (old != null && !old.equals(now)) {
                rows.removeReference(reference, old, delta.key());
            }
            if (now != null && !now.equals(old)) {
                rows.putReference(reference, now, delta.key());
            }
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

    private void buildPending() {
        for (DocumentBuilder builder : builders.values()) {
            if (!paused.contains(builder.definition().task())) {
                pending.build(builder);
            }
        }
    }

    /** Tries a parked document again; true when it was built. */
    boolean retry(String task, String id) {
        DocumentBuilder builder = builders.get(task);
        String root = builder.parked().root(id);
        if (root == null) {
            return false;
        }
        Map<String, String> roots = new LinkedHashMap<>(Map.of(root, ""));
        List<Write> taken = pending.take(task, roots);
        List<Write> writes = builder.build(roots, store.rows(), store.now());
        writes.addAll(taken);
        store.commitInParts(writes);
        builder.tell(1);
        return builder.parked().root(id) == null;
    }

    /** Forgets that a document is parked; the value is how many were. */
    int skip(String task, String id) {
        DocumentBuilder builder = builders.get(task);
        List<Write> writes = builder.parked().built(id);
        store.commit(writes);
        builder.tell(0);
        return writes.size();
    }

    List<String> parked(String task) {
        return builders.get(task).parked().ids();
    }
}
