package io.rookery.etl.mirror;

import io.rookery.api.Entry;
import io.rookery.api.Json;
import io.rookery.api.Write;
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

    void run() {
        Map<String, Object> known = mirror.database()
                .entry(entry)
                .map(bytes -> Json.trusted(bytes).asObject())
                .orElse(Map.of());
        boolean same = fingerprint.equals(known.get("fingerprint"));
        if (same && known.get("place") == null) {
            return;
        }
        String prefix = mirror.keys().rows(builder.definition().root().table());
        String place = same ? (String) known.get("place") : null;
        List<Entry> page;
        do {
            page = mirror.database().entries(prefix, place, Mirror.ROOTS_IN_A_TRANSACTION);
            List<String> roots = page.stream()
                    .map(row -> row.key().substring(prefix.length()))
                    .toList();
            List<Write> writes = mirror.build(builder, roots, new Rows(mirror.database(), mirror.keys()));
            boolean more = page.size() == Mirror.ROOTS_IN_A_TRANSACTION;
            place = more ? page.get(page.size() - 1).key() : null;
            writes.add(new Write.PutEntry(entry, mapping(place)));
            mirror.commit(writes);
        } while (place != null);
    }

    private byte[] mapping(String place) {
        Map<String, Object> mapping = new LinkedHashMap<>();
        mapping.put("fingerprint", fingerprint);
        mapping.put("place", place);
        return Json.of(mapping).bytes();
    }
}
