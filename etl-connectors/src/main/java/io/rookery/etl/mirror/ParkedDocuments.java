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
    /** By document id. */
    private final Map<String, Parked> documents = new TreeMap<>();

    private record Parked(String root, long attempts, long since) {}

    ParkedDocuments(String task, DocumentReader reader) {
        this.task = task;
        String after = null;
        List<Entry> page;
        do {
            page = reader.entries("parked/" + task + '/', after, 500);
            for (Entry entry : page) {
                Map<String, Object> parked = Json.trusted(entry.value()).asObject();
                documents.put(
                        (String) parked.get("id"),
                        new Parked((String) parked.get("root"), (Long) parked.get("attempts"), (Long)
                                parked.get("since")));
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
        return new ParkedChange(change, (String) parked.get("error"), ((Long) parked.get("attempts")).intValue(), (Long)
                parked.get("since"));
    }

    private String key(String id) {
        return "parked/" + task + '/' + id + "/0000000000000000";
    }

    Write park(String id, String root, String error, long now) {
        Parked before = documents.getOrDefault(id, new Parked(root, 0, now));
        Parked after = new Parked(root, before.attempts + 1, before.since);
        documents.put(id, after);
        Map<String, Object> parked = new LinkedHashMap<>();
        parked.put("id", id);
        parked.put("sequence", 0L);
        parked.put("root", root);
        parked.put("error", error);
        parked.put("attempts", after.attempts);
        parked.put("since", after.since);
        return new Write.PutEntry(key(id), Json.of(parked).bytes());
    }

    /** The write that ends it, when the document was parked. */
    List<Write> built(String id) {
        if (documents.isEmpty()) {
            return List.of();
        }
        List<Write> writes = new ArrayList<>();
        if (documents.remove(id) != null) {
            writes.add(new Write.DeleteEntry(key(id)));
        }
        return writes;
    }

    int count() {
        return documents.size();
    }

    /** Root key of a parked document, or null. */
    String root(String id) {
        Parked found = documents.get(id);
        return found == null ? null : found.root;
    }

    List<String> ids() {
        return List.copyOf(documents.keySet());
    }
}
