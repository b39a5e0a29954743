package io.rookery.etl.mirror;

import io.rookery.api.Entry;
import io.rookery.api.Write;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Roots whose documents are to be built later, written down in entries {@code todo/CONNECTION/TASK/KEY} with the ids that
 * the documents may have had: more than a transaction should hold, or of a task that is paused.
 *
 * <p>They may be written down before the row that makes them so: built too early, a document is as before, and the row's
 * change finds its roots again. Never after it.
 */
final class PendingRoots {
    private final MirrorStore store;

    PendingRoots(MirrorStore store) {
        this.store = store;
    }

    /** Writes roots down, by task. */
    void writeDown(Map<String, Map<String, String>> byTask) {
        byTask.forEach((task, roots) -> store.commitInParts(writes(task, roots)));
    }

    /** What writes them down; what is written down already keeps its former id: that one is stored. */
    List<Write> writes(String task, Map<String, String> roots) {
        List<Write> writes = new ArrayList<>();
        roots.forEach((root, former) -> {
            String entry = store.keys().todo(task) + root;
            if (store.database().entry(entry).filter(value -> value.length > 0).isEmpty()) {
                writes.add(new Write.PutEntry(entry, former.getBytes(StandardCharsets.UTF_8)));
            }
        });
        return writes;
    }

    /**
     * Lets roots that are about to be built end what was written down of them: its ids count too.
     *
     * @param roots root key → former ids, by lines
     * @return what removes it; after the documents
     */
    List<Write> take(String task, Map<String, String> roots) {
        if (store.database().entries(store.keys().todo(task), null, 1).isEmpty()) {
            return new ArrayList<>(); // as usual: one look instead of one for each root
        }
        List<Write> writes = new ArrayList<>();
        roots.replaceAll((root, formers) -> {
            String entry = store.keys().todo(task) + root;
            String written = store.database()
                    .entry(entry)
                    .map(value -> new String(value, StandardCharsets.UTF_8))
                    .orElse(null);
            if (written != null) {
                writes.add(new Write.DeleteEntry(entry));
            }
            return written == null || written.isEmpty()
                    ? formers
                    : formers.isEmpty() ? written : formers + '\n' + written;
        });
        return writes;
    }

    /** Builds what was written down for a task. */
    void build(DocumentBuilder builder) {
        String prefix = store.keys().todo(builder.definition().task());
        String after = null;
        while (true) {
            List<Entry> page =
                    store.database().entries(prefix, after, builder.slice().size());
            if (page.isEmpty()) {
                return;
            }
            after = page.get(page.size() - 1).key();
            Map<String, String> roots = new LinkedHashMap<>();
            page.forEach(entry -> roots.put(
                    entry.key().substring(prefix.length()), new String(entry.value(), StandardCharsets.UTF_8)));
            List<Write> writes = builder.build(roots, store.rows(), store.now());
            page.forEach(entry -> writes.add(new Write.DeleteEntry(entry.key())));
            store.commitInParts(writes);
            builder.tell(roots.size());
        }
    }
}
