package io.rookery.sinks.sql;

import io.rookery.api.Change;
import io.rookery.api.Operation;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a batch says of one document: only its last state is written.
 *
 * @param all every change of it, in feed order
 */
record DocumentState(List<Change> all) {
    static Collection<DocumentState> reduce(List<Change> changes) {
        Map<String, DocumentState> states = new LinkedHashMap<>();
        for (Change change : changes) {
            states.computeIfAbsent(change.id(), id -> new DocumentState(new ArrayList<>()))
                    .all
                    .add(change);
        }
        return states.values();
    }

    Change last() {
        return all.get(all.size() - 1);
    }

    /** The changes of the last sequence number: one, or all that a script loaded. */
    List<Change> lasts() {
        long sequence = last().sequence();
        return all.stream().filter(change -> change.sequence() == sequence).toList();
    }

    boolean scripted() {
        return last().target() != null;
    }

    /** Every version that the target may hold now, as changes with a body. */
    List<Change> versions() {
        List<Change> versions = new ArrayList<>();
        Change first = all.get(0);
        if (first.before() != null) {
            versions.add(new Change(
                    first.sequence(),
                    Operation.UPDATE,
                    first.id(),
                    first.collection(),
                    first.timestamp(),
                    first.before(),
                    null,
                    null));
        }
        all.stream().filter(change -> !change.isDelete()).forEach(versions::add);
        return versions;
    }
}
