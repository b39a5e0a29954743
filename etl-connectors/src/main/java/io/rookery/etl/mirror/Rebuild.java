package io.rookery.etl.mirror;

import io.rookery.api.Entry;
import io.rookery.api.Json;
import io.rookery.api.Write;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Builds all documents of a task from the stored rows when its mapping is not the one that they were built with: nothing
 * is read from the source. It goes on where an earlier one was interrupted.
 */
final class Rebuild {
    private final DocumentBuilder builder;
    private final MirrorStore store;
    private final String fingerprint;
    private final String entry;

    Rebuild(DocumentBuilder builder, MirrorStore store) {
        this.builder = builder;
        this.store = store;
        this.fingerprint = RowDelta.sha256(builder.definition().fingerprint());
        this.entry = store.keys().mapping(builder.definition().task());
    }

    private Map<String, Object> known() {
        return store.database()
                .entry(entry)
                .map(bytes -> Json.trusted(bytes).asObject())
                .orElse(Map.of());
    }

    /** Lets the builder know by which ids documents may still be stored. */
    void remember() {
        Map<String, Object> known = known();
        List<String> templates = new ArrayList<>();
        if (known.get("id") != null) {
            templates.add((String) known.get("id"));
        }
        if (known.get("formers") instanceof List<?> formers) {
            formers.forEach(former -> templates.add((String) former));
        }
        builder.formers(templates);
    }

    /** What says that all documents are built. */
    Write done() {
        return new Write.PutEntry(entry, mapping(null, true));
    }

    void run() {
        Map<String, Object> known = known();
        boolean same = fingerprint.equals(known.get("fingerprint"));
        if (same && known.get("place") == null && known.get("done") == Boolean.TRUE) {
            return;
        }
        String prefix = store.keys().rows(builder.definition().root().table());
        String place = same ? (String) known.get("place") : null;
        if (!same) {
            // before the first document: whoever comes back to the former mapping must know that this one had begun
            store.commit(List.of(new Write.PutEntry(entry, mapping(null, false))));
        }
        do {
            int size = builder.slice().size();
            List<Entry> page = store.database().entries(prefix, place, size);
            Rows rows = store.rows();
            Map<String, String> roots = new LinkedHashMap<>();
            for (Entry row : page) {
                String root = row.key().substring(prefix.length());
                Json stored = Json.trusted(row.value());
                rows.know(builder.definition().root().table(), root, stored);
                Map<String, Object> values = stored.asObject();
                roots.put(root, builder.formerIds(root, values, builder.id(root, values)));
            }
            List<Write> taken =
                    new PendingRoots(store).take(builder.definition().task(), roots);
            List<Write> writes = builder.build(roots, rows, store.now());
            writes.addAll(taken);
            place = page.size() == size ? page.get(page.size() - 1).key() : null;
            writes.add(new Write.PutEntry(entry, mapping(place, place == null)));
            if (builder.formers().isEmpty()) {
                store.commitInPartsAhead(writes); // a page's documents are its own
            } else {
                store.commitInParts(writes);
            }
            if (place == null) {
                store.settle();
            }
            builder.tell(roots.size());
        } while (place != null);
        builder.formers(List.of());
    }

    private byte[] mapping(String place, boolean done) {
        Map<String, Object> mapping = new LinkedHashMap<>();
        mapping.put("fingerprint", fingerprint);
        mapping.put("place", place);
        mapping.put("done", done);
        mapping.put("id", DocumentBuilder.template(builder.definition()));
        mapping.put("formers", done ? List.of() : builder.formers());
        return Json.of(mapping).bytes();
    }
}
