package io.rookery.etl.mirror;

import io.rookery.api.Entry;
import io.rookery.api.Json;
import io.rookery.api.Write;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The indexes over references that a mirror's tasks need, and which of them the stored rows have. One thread. */
final class MirrorIndexes {
    private final MirrorStore store;
    private final RowKeys keys;
    private final Map<String, Set<Reference>> byTable = new LinkedHashMap<>();

    /** @param places by table */
    MirrorIndexes(Map<String, List<Place>> places, MirrorStore store) {
        this.store = store;
        this.keys = store.keys();
        for (List<Place> all : places.values()) {
            for (Place place : all) {
                if (place.reference() != null) {
                    byTable.computeIfAbsent(place.reference().table(), absent -> new LinkedHashSet<>())
                            .add(place.reference());
                }
            }
        }
    }

    /** References that a table's rows are indexed by. */
    Set<Reference> of(String table) {
        return byTable.getOrDefault(table, Set.of());
    }

    /** Makes the indexes that stored rows lack because no task needed them; removes those that none needs any more. */
    void build() {
        Set<String> stored = stored();
        if (stored.equals(names())) {
            return;
        }
        for (String name : stored) {
            if (!names().contains(name)) {
                store.deleteAll(keys.refs(reference(name)));
            }
        }
        for (Set<Reference> all : byTable.values()) {
            for (Reference reference : all) {
                if (!stored.contains(name(reference))) {
                    store.deleteAll(keys.refs(reference)); // of a time when it was needed, maybe long ago
                    fill(reference);
                }
            }
        }
        store.commit(List.of(complete()));
    }

    private void fill(Reference reference) {
        String prefix = keys.rows(reference.table());
        store.forEachPage(prefix, page -> {
            Rows rows = store.rows();
            for (Entry entry : page) {
                String values = RowKeys.key(Json.trusted(entry.value()).asObject(), reference.columns());
                if (values != null) {
                    rows.putReference(reference, values, entry.key().substring(prefix.length()));
                }
            }
            store.commit(rows.writes());
        });
    }

    /** Says that the stored rows have them all. */
    Write complete() {
        return new Write.PutEntry(
                keys.state() + "/indexes", Json.of(List.copyOf(names())).bytes());
    }

    private Set<String> names() {
        Set<String> names = new TreeSet<>();
        byTable.values().forEach(all -> all.forEach(reference -> names.add(name(reference))));
        return names;
    }

    private Set<String> stored() {
        Set<String> names = new TreeSet<>();
        store.database().entry(keys.state() + "/indexes").ifPresent(bytes -> {
            ((List<?>) Json.trusted(bytes).value()).forEach(name -> names.add((String) name));
        });
        return names;
    }

    private static String name(Reference reference) {
        List<String> parts = new ArrayList<>();
        parts.add(reference.table());
        parts.addAll(reference.columns());
        return RowKeys.joined(parts);
    }

    private static Reference reference(String name) {
        List<String> parts = RowKeys.parts(name);
        return new Reference(parts.get(0), parts.subList(1, parts.size()));
    }
}
