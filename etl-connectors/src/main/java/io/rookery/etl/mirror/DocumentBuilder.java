package io.rookery.etl.mirror;

import io.rookery.api.Change;
import io.rookery.api.Document;
import io.rookery.api.DocumentId;
import io.rookery.api.DocumentReader;
import io.rookery.api.ErrorCode;
import io.rookery.api.Json;
import io.rookery.api.Operation;
import io.rookery.api.RookeryException;
import io.rookery.api.Setting;
import io.rookery.api.Transform;
import io.rookery.api.Write;
import io.rookery.etl.mirror.MirrorDefinition.Deletes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Builds one task's documents and says what must be written; what equals the stored document is not. One thread. */
final class DocumentBuilder {
    private final MirrorDefinition definition;
    private final List<Transform> steps;
    private final DocumentReader reader;
    private final Rejections rejections;
    private final MirrorProgress progress;
    private final Slice slice;
    private ParkedDocuments parked;
    private List<String> formers = List.of();
    private boolean vacant;

    DocumentBuilder(MirrorTask task, MirrorProgress progress, MirrorStore store) {
        this.definition = task.definition();
        this.steps = task.steps();
        this.rejections = task.rejections();
        this.progress = progress;
        this.reader = store.database();
        this.slice = new Slice(store.limits());
        this.parked = new ParkedDocuments(definition.task(), reader);
        tell(0);
    }

    Slice slice() {
        return slice;
    }

    /**
     * With true: if no document is stored under any id of the task, none is looked for until this is called with false.
     * What somebody else stores under such an id meanwhile is replaced, as it would be anyway.
     */
    void vacant(boolean first) {
        vacant = first && reader.documentsFrom(prefix(), null, 1).isEmpty();
    }

    /** What every id of the task's documents starts with. */
    private String prefix() {
        String template = template(definition);
        return template.substring(0, template.indexOf('{'));
    }

    /** Shows what was committed. */
    void tell(int documents) {
        progress.documents(definition.task(), documents, parked.count());
    }

    /** What was built since the last commit will not be committed. */
    void drop() {
        parked = new ParkedDocuments(definition.task(), reader);
    }

    /** Templates by which documents may still be stored, because the task's template changed since they were built. */
    void formers(List<String> templates) {
        formers = templates.stream()
                .filter(template -> !template.equals(template(definition)))
                .distinct()
                .toList();
    }

    List<String> formers() {
        return formers;
    }

    /** An id template as text. */
    static String template(MirrorDefinition definition) {
        return definition.id() == null
                ? defaultTemplate(definition.collection())
                : definition.id().text();
    }

    /**
     * The ids that a row's document may be stored by, by lines; empty when it can only be {@code now}. All of them or
     * none: what is remembered first is what counts, and the row may lose its present id later.
     */
    String formerIds(String key, Map<String, Object> row, String now) {
        Set<String> ids = new LinkedHashSet<>();
        ids.add(id(key, row));
        formers.forEach(template -> ids.add(id(Template.of(Setting.of(template)), key, row)));
        ids.remove(null);
        return ids.size() == 1 && ids.contains(now) ? "" : String.join("\n", ids);
    }

    MirrorDefinition definition() {
        return definition;
    }

    ParkedDocuments parked() {
        return parked;
    }

    /** The document's id for a root row; null when the template lacks a value. */
    String id(String key, Map<String, Object> row) {
        return definition.id() != null
                ? definition.id().apply(row)
                : defaultTemplate(definition.collection()).replace(Template.KEY, key.replace('/', '-'));
    }

    static String defaultTemplate(String collection) {
        return collection.toLowerCase(Locale.ROOT) + '/' + Template.KEY;
    }

    /** The id by another template than the task's own. */
    static String id(Template template, String key, Map<String, Object> row) {
        return template.text().endsWith(Template.KEY)
                ? template.text().replace(Template.KEY, key.replace('/', '-'))
                : template.apply(row);
    }

    /**
     * What must be written for these roots, as the rows stand.
     *
     * @param roots root key → the ids that its document may have had, by lines; empty when that cannot have changed
     */
    List<Write> build(Map<String, String> roots, Rows rows, long now) {
        List<Write> writes = new ArrayList<>();
        Map<String, Json> built = new LinkedHashMap<>();
        Map<String, Boolean> left = new LinkedHashMap<>();
        roots.forEach((root, former) -> {
            Map<String, Object> row = rows.row(definition.root().table(), root);
            String id = row == null ? null : id(root, row);
            for (String before : former.isEmpty() ? new String[0] : former.split("\n")) {
                if (!before.equals(id)) {
                    left.put(before, row == null);
                }
            }
            if (row != null) {
                buildOne(root, row, rows, now, built, writes);
            }
        });
        left.keySet().removeAll(built.keySet()); // another row took the id over
        left.forEach((id, gone) -> writes.addAll(removed(id, gone)));
        addBodies(built, writes);
        rejections.seen(roots.size());
        slice.built(roots.size(), MirrorStore.bytes(writes));
        return writes;
    }

    private void addBodies(Map<String, Json> built, List<Write> writes) {
        List<String> ids = List.copyOf(built.keySet());
        List<Optional<Document>> stored =
                vacant ? Collections.nCopies(ids.size(), Optional.empty()) : reader.documents(ids);
        for (int i = 0; i < ids.size(); i++) {
            String id = ids.get(i);
            Json body = built.get(id);
            Optional<Document> there = stored.get(i);
            if (body == null) {
                if (vacant || there.isPresent()) {
                    writes.add(new Write.DeleteDocument(id, null));
                }
            } else if (there.isEmpty()
                    || !there.get().body().equals(body)
                    || !there.get().collection().equals(definition.collection())) {
                writes.add(new Write.PutDocument(id, definition.collection(), body, null));
            }
            writes.addAll(parked.built(id));
        }
    }

    private void buildOne(
            String root, Map<String, Object> row, Rows rows, long now, Map<String, Json> built, List<Write> writes) {
        String id = id(root, row);
        try {
            if (id == null) {
                throw new RookeryException(
                        ErrorCode.CHANGE_REJECTED,
                        "Expected a value for every column of the id's template "
                                + definition.id().text() + " but found none for "
                                + definition.id().missing(row));
            }
            if (parked.count() > 0) { // it may have been parked before it had an id
                writes.addAll(parked.built(nameless(root)));
            }
            new DocumentId(id);
            built.put(id, body(id, root, row, rows, now));
        } catch (RookeryException e) {
            if (e.code() != ErrorCode.CHANGE_REJECTED
                    && e.code() != ErrorCode.BAD_ID
                    && e.code() != ErrorCode.TOO_LARGE) {
                throw e;
            }
            String name = id == null ? nameless(root) : id;
            if (rejections.parks(name, e.getMessage())) {
                writes.add(parked.park(name, root, e.getMessage(), now));
            }
        }
    }

    /** What a row is parked by while its template gives no id. */
    private static String nameless(String root) {
        return "?/" + root;
    }

    /** Null when the steps leave nothing. */
    private Json body(String id, String root, Map<String, Object> row, Rows rows, long now) {
        if (steps.isEmpty() && definition.root().isRow()) {
            return checked(rows.json(definition.root().table(), root)); // as it is stored: not made a second time
        }
        Map<String, Object> document =
                new Assembler(rows, definition.maxItems()).document(definition.root(), root, row);
        List<Change> changes = List.of(
                new Change(0, Operation.UPDATE, id, definition.collection(), now, Json.of(document), null, null));
        for (Transform step : steps) {
            List<Change> next = new ArrayList<>();
            changes.forEach(change -> next.addAll(step.apply(change)));
            changes = next;
        }
        if (changes.size() > 1) {
            throw new RookeryException(
                    ErrorCode.CHANGE_REJECTED,
                    "Expected at most one document of the steps but found " + changes.size());
        }
        return changes.isEmpty() ? null : checked(changes.get(0).document());
    }

    private static Json checked(Json body) {
        if (body.size() > io.rookery.api.Limits.DOCUMENT_BYTES) {
            throw new RookeryException(
                    ErrorCode.TOO_LARGE,
                    "Expected a document of at most " + io.rookery.api.Limits.DOCUMENT_BYTES + " bytes but found "
                            + body.size());
        }
        return body;
    }

    /** What must be written because the root row is gone, or its document has another id now. */
    private List<Write> removed(String id, boolean gone) {
        List<Write> writes = new ArrayList<>(parked.built(id));
        if (!gone || definition.deletes() == Deletes.REMOVE) {
            writes.add(new Write.DeleteDocument(id, null));
        } else if (definition.deletes() == Deletes.MARK) {
            reader.document(id).ifPresent(document -> {
                Map<String, Object> marked = new LinkedHashMap<>(document.body().asObject());
                marked.put("deleted", true);
                writes.add(new Write.PutDocument(id, definition.collection(), Json.of(marked), null));
            });
        }
        return writes;
    }
}
