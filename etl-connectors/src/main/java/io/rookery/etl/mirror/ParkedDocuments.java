package io.rookery.etl.mirror;

import io.rookery.api.Change;
import io.rookery.api.DocumentReader;
import io.rookery.api.Entry;
import io.rookery.api.Json;
import io.rookery.api.Operation;
import io.rookery.api.Write;
import io.rookery.etl.route.ParkedChange;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Documents of one task that could not be built, in the entries {@code parked/TASK/ID/0000000000000000}. State, not
 * history: the newest rows are what a retry builds from, and a later change that builds well ends it. One thread.
 */
final class ParkedDocuments {
    private final String task;
    /** Document id → root key. */
    private final Map<String, String> roots = new TreeMap<>();

    ParkedDocuments(String task, DocumentReader reader) {
        this.task = task;
        String after = null;
        List<Entry> page;
        do {
            page = reader.entries("parked/" + task + '/', after, 500);
            for (Entry entry : page) {
                Map<String, Object> parked = Json.trusted(entry.value()).asObject();
                roots.put((String) parked.get("id"), (String) parked.get("root"));
                after = entry.key();
            }
        } while (page.size() == 500);
    }

    /** As it is shown: the row's place stands for a body. */
    static ParkedChange change(Json stored) {
        Map<String, Object> parked = stored.asObject();
        Change change = new Change(
                0,
                Operation.UPDATE,
                (String) parked.get("id"),
                "",
                (Long) parked.get("since"),
                Json.of(Map.of("row", parked.get("root"))),
                null,
                null);
        return new ParkedChange(change, (String) parked.get("error"), 1, (Long) parked.get("since"));
    }

    private String key(String id) {
        return "parked/" + task + '/' + id + "/0000000000000000";
    }

    Write park(String id, String root, String error, long now) {
        roots.put(id, root);
        Map<String, Object> parked = new LinkedHashMap<>();
        parked.put("id", id);
        parked.put("sequence", 0L);
        parked.put("root", root);
        parked.put("error", error);
        parked.put("attempts", 1L);
        parked.put("since", now);
        return new Write.PutEntry(key(id), Json.of(parked).bytes());
    }

    /** The write that ends it, when the document was parked. */
    List<Write> built(String id) {
        List<Write> writes = new ArrayList<>();
        if (roots.remove(id) != null) {
            writes.add(new Write.DeleteEntry(key(id)));
        }
        return writes;
    }

    int count() {
        return roots.size();
    }

    /** Root key of a parked document, or null. */
    String root(String id) {
        return roots.get(id);
    }

    List<String> ids() {
        return List.copyOf(roots.keySet());
    }
}
