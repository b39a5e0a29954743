package io.rookery.etl.mirror;

import io.rookery.api.DocumentReader;
import io.rookery.api.Entry;
import io.rookery.api.Json;
import io.rookery.api.Write;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The stored rows and their indexes with one batch's changes over them, not yet committed. One thread; thrown away after
 * the batch.
 */
final class Rows {
    private static final byte[] NOTHING = {};
    private static final int PAGE = 1_000;

    private final DocumentReader reader;
    private final RowKeys keys;
    private final boolean first;
    /** Entry key → new value; null: removed. Ordered, so that scans can be merged. */
    private final TreeMap<String, byte[]> changed = new TreeMap<>();

    private final Map<String, Json> known = new HashMap<>();
    /** By table. */
    private final Map<String, String> prefixes = new HashMap<>();

    /** @param first of a first snapshot: no row is stored that this batch has, so none is looked for */
    Rows(DocumentReader reader, RowKeys keys, boolean first) {
        this.reader = reader;
        this.keys = keys;
        this.first = first;
    }

    /** The row as plain values, or null. */
    Map<String, Object> row(String table, String key) {
        Json row = json(table, key);
        return row == null ? null : row.asObject();
    }

    /** The row as its bytes, or null. */
    Json json(String table, String key) {
        String entry = entry(table, key);
        Json row = known.get(entry);
        if (row != null || known.containsKey(entry)) {
            return row;
        }
        byte[] changedTo = changed.get(entry);
        if (changedTo == null && !changed.containsKey(entry)) {
            if (first) {
                return null;
            }
            changedTo = reader.entry(entry).orElse(null);
        }
        row = changedTo == null ? null : Json.trusted(changedTo);
        known.put(entry, row);
        return row;
    }

    private String entry(String table, String key) {
        return prefixes.computeIfAbsent(table, keys::rows).concat(key);
    }

    /** A stored row that was read already: it is not read, nor parsed, again. */
    void know(String table, String key, Json row) {
        known.put(entry(table, key), row);
    }

    boolean has(String entry) {
        return changed.containsKey(entry)
                ? changed.get(entry) != null
                : reader.entry(entry).isPresent();
    }

    void put(String table, String key, Json row) {
        String entry = entry(table, key);
        changed.put(entry, row.bytes());
        known.put(entry, row);
    }

    void remove(String table, String key) {
        set(entry(table, key), null);
    }

    void putReference(Reference reference, String values, String key) {
        set(keys.refs(reference, values) + key, NOTHING);
    }

    void removeReference(Reference reference, String values, String key) {
        set(keys.refs(reference, values) + key, null);
    }

    void putEntry(String key, byte[] value) {
        set(key, value);
    }

    private void set(String entry, byte[] value) {
        known.remove(entry);
        changed.put(entry, value);
    }

    /** Gives the keys of the rows that refer to these values, page by page, to the consumer. */
    void referring(Reference reference, String values, Consumer<String> consumer) {
        String prefix = keys.refs(reference, values);
        List<Entry> page = List.of();
        do {
            String after = page.isEmpty() ? null : page.get(page.size() - 1).key();
            page = reader.entries(prefix, after, PAGE);
            for (Entry entry : page) {
                if (!changed.containsKey(entry.key())) {
                    consumer.accept(entry.key().substring(prefix.length()));
                }
            }
        } while (page.size() == PAGE);
        added(prefix).forEach(consumer);
    }

    /** What this batch put under a prefix: the rest of the keys. */
    List<String> added(String prefix) {
        List<String> added = new ArrayList<>();
        for (Map.Entry<String, byte[]> entry : changed.tailMap(prefix).entrySet()) {
            if (!entry.getKey().startsWith(prefix)) {
                break;
            }
            if (entry.getValue() != null) {
                added.add(entry.getKey().substring(prefix.length()));
            }
        }
        return added;
    }

    /** Forgets what this batch did to a table whose stored rows and index entries were removed in the meantime. */
    void forget(String table) {
        known.keySet().removeIf(entry -> entry.startsWith(keys.rows(table)));
        changed.keySet().removeIf(entry -> entry.startsWith(keys.rows(table)) || entry.startsWith(keys.refs(table)));
    }

    /** What the batch changes, in the order of the keys. */
    List<Write> writes() {
        List<Write> writes = new ArrayList<>(changed.size());
        changed.forEach((key, value) ->
                writes.add(value == null ? new Write.DeleteEntry(key) : new Write.PutEntry(key, value)));
        return writes;
    }
}
