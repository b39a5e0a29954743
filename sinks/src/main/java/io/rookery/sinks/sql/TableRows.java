package io.rookery.sinks.sql;

import io.rookery.api.Change;
import io.rookery.api.ErrorCode;
import io.rookery.api.Json;
import io.rookery.api.RejectedChangeException;
import io.rookery.api.RookeryException;
import io.rookery.api.Scope;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What has to happen to one table for some documents.
 *
 * @param rows to be there afterwards, by key; values by column name
 * @param owners owner values whose rows go, but for {@code rows}; each with the sequence number that says so
 */
record TableRows(SqlTable table, Map<List<Object>, Map<String, Object>> rows, Map<List<Object>, Long> owners) {
    static TableRows of(SqlTable table, Collection<DocumentState> states, boolean deletes) {
        TableRows found = new TableRows(table, new LinkedHashMap<>(), new LinkedHashMap<>());
        boolean oneRowPerId = table.oneRowPerId();
        for (DocumentState state : states) {
            try {
                found.add(state, deletes, oneRowPerId);
            } catch (RejectedChangeException e) {
                throw e;
            } catch (RookeryException e) {
                if (e.code() == ErrorCode.CHANGE_REJECTED) {
                    throw new RejectedChangeException(state.last().sequence(), e.getMessage(), null);
                }
                throw e;
            }
        }
        return found;
    }

    private void add(DocumentState state, boolean deletes, boolean oneRowPerId) {
        boolean deleted = state.last().isDelete();
        if (deleted && !deletes) {
            return;
        }
        if (deleted || state.scripted() || !oneRowPerId) {
            addOwners(state);
        }
        if (!deleted) {
            addRows(state);
        }
    }

    private void addOwners(DocumentState state) {
        Change last = state.last();
        if (table.ownedById()) {
            owners.put(owner(last), last.sequence());
            return;
        }
        if (state.scripted()) {
            throw new RookeryException(
                    ErrorCode.BAD_TASK, "Expected a key column of $id in " + table.name() + ", which a script loads");
        }
        List<Change> versions = state.versions();
        if (versions.isEmpty()) {
            throw rejected(last, "needs the body before the delete to find the rows by their key, and has none");
        }
        versions.stream()
                .map(this::owner)
                .filter(owner -> !owner.contains(null))
                .forEach(owner -> owners.put(owner, last.sequence()));
    }

    private List<Object> owner(Change change) {
        Scope scope = Scope.of(change);
        List<Object> values = new ArrayList<>();
        table.owner()
                .forEach(place -> values.add(table.columns().get(place).value().evaluate(scope)));
        return values;
    }

    private void addRows(DocumentState state) {
        Set<List<Object>> own = new LinkedHashSet<>();
        for (Change change : state.lasts()) {
            if (change.target() != null && !table.takes(change.target())) {
                continue;
            }
            for (Object item : items(change)) {
                List<Object> key = addRow(change, item);
                if (!own.add(key)) {
                    throw rejected(change, "has two rows with the same key");
                }
            }
        }
    }

    private Collection<?> items(Change change) {
        if (table.each().isEmpty() || change.target() != null) {
            return java.util.Collections.singletonList(null);
        }
        Object at = change.document().value();
        for (String step : table.each()) {
            if (at instanceof List) {
                throw rejected(change, "finds an array inside the path of each:, which is not supported");
            }
            at = at instanceof Map<?, ?> map ? map.get(step) : null;
        }
        if (at == null) {
            return List.of();
        }
        if (at instanceof List<?> list) {
            return list;
        }
        throw rejected(change, "expected an array for each: but found " + Json.kind(at));
    }

    private List<Object> addRow(Change change, Object item) {
        Map<String, Object> row = new LinkedHashMap<>();
        Scope scope = new Scope(change, item);
        table.columns().forEach(column -> row.put(column.name(), column.value().evaluate(scope)));
        if (table.wide()) {
            Object fields = item == null ? change.document().value() : item;
            if (!(fields instanceof Map<?, ?> map)) {
                throw rejected(change, "expected an object for its columns but found " + Json.kind(fields));
            }
            map.forEach((name, value) -> row.putIfAbsent((String) name, value));
        }
        List<Object> key = new ArrayList<>();
        for (SqlColumn column : table.key()) {
            Object value = row.get(column.name());
            if (value == null) {
                throw rejected(change, "has no value for the key column " + column.name());
            }
            key.add(value);
        }
        rows.put(key, row);
        return key;
    }

    private RejectedChangeException rejected(Change change, String what) {
        return new RejectedChangeException(
                change.sequence(), "Table " + table.name() + ": " + change.id() + ' ' + what, null);
    }
}
