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
    private final Mirror mirror;
    private final String fingerprint;
    private final String entry;

    Rebuild(DocumentBuilder builder, Mirror mirror) {
        this.builder = builder;
        this.mirror = mirror;
        this.fingerprint = RowDelta.sha256(builder.definition().fingerprint());
        this.entry = mirror.keys().mapping(builder.definition().task());
    }

    private Map<String, Object> known() {
        return mirror.database()
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

    void run() {
        Map<String, Object> known = known();
        boolean same = fingerprint.equals(known.get("fingerprint"));
        if (same && known.get("place") == null && known.get("done") == Boolean.TRUE) {
            return;
        }
        String prefix = mirror.keys().rows(builder.definition().root().table());
        String place = same ? (String) known.get("place") : null;
        List<Entry> page;
        do {
            page = mirror.database().entries(prefix, place, Mirror.ROOTS_IN_A_TRANSACTION);
            Map<String, String> roots = new LinkedHashMap<>();
            for (Entry row : page) {
                String root = row.key().substring(prefix.length());
                Map<String, Object> values = Json.trusted(row.value()).asObject();
                roots.put(root, builder.formerIds(root, values, builder.id(root, values)));
            }
            List<Write> writes = mirror.build(builder, roots, new Rows(mirror.database(), mirror.keys()));
            boolean more = page.size() == Mirror.ROOTS_IN_A_TRANSACTION;
            place = more ? page.get(page.size() - 1).key() : null;
            writes.add(new Write.PutEntry(entry, mapping(place)));
            mirror.commit(writes);
        } while (place != null);
        builder.formers(List.of());
    }

    private byte[] mapping(String place) {
        Map<String, Object> mapping = new LinkedHashMap<>();
        mapping.put("fingerprint", fingerprint);
        mapping.put("place", place);
        mapping.put("done", place == null);
        mapping.put("id", DocumentBuilder.template(builder.definition()));
        mapping.put("formers", place == null ? List.of() : builder.formers());
        return Json.of(mapping).bytes();
    }
}
