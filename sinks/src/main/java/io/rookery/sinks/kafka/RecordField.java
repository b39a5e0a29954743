package io.rookery.sinks.kafka;

import io.rookery.api.Change;
import io.rookery.api.ErrorCode;
import io.rookery.api.Json;
import io.rookery.api.Operation;
import io.rookery.api.RejectedChangeException;
import io.rookery.api.RookeryException;
import io.rookery.api.Scope;
import io.rookery.api.Setting;
import io.rookery.api.Value;
import io.rookery.api.Values;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A text of a record that the task computes: its topic, key, a header. A path or template of the body sees, for a
 * delete, the body before it; an expression sees the delete as it is, with {@code $old}.
 */
record RecordField(String name, Value value, boolean body) {
    private static final Pattern FIELD = Pattern.compile("\\{\\s*([^}]*?)\\s*}");

    static RecordField path(Setting setting, Values values) {
        return of(setting, values.compile(setting, Values.Plain.PATH), looksAtBody(setting));
    }

    static RecordField constant(Setting setting, Values values) {
        return of(setting, values.compile(setting, Values.Plain.CONSTANT), isComputed(setting) && looksAtBody(setting));
    }

    private static RecordField of(Setting setting, Value value, boolean body) {
        if (body && setting.text().contains("{$op}")) {
            throw setting.error("Expected $op apart from the document's fields, or an expression, but found '"
                    + setting.text() + "'");
        }
        return new RecordField(setting.path(), value, body);
    }

    /** Whether the text differs from change to change, where a text without braces is a constant. */
    static boolean isComputed(Setting setting) {
        String text = setting.text();
        return text.startsWith("=") || text.startsWith("$") || text.contains("{");
    }

    /** Whether a delete needs the body before it to have the text. */
    static boolean looksBack(Setting setting) {
        return looksAtBody(setting) || setting.text().contains("$old");
    }

    private static boolean looksAtBody(Setting setting) {
        String text = setting.text();
        if (text.startsWith("=")) {
            return false;
        }
        return text.contains("{")
                ? FIELD.matcher(text).results().anyMatch(field -> !field.group(1)
                        .startsWith("$"))
                : !text.startsWith("$");
    }

    /** The text for this change; null where a path leads nowhere. */
    String text(Change change) {
        Change seen = change;
        if (body && change.isDelete()) {
            if (change.before() == null) {
                return null;
            }
            seen = new Change(
                    change.sequence(),
                    Operation.UPDATE,
                    change.id(),
                    change.collection(),
                    change.timestamp(),
                    change.before(),
                    null,
                    null);
        }
        try {
            return text(value.evaluate(Scope.of(seen)));
        } catch (RejectedChangeException e) {
            throw e;
        } catch (RookeryException e) {
            if (e.code() == ErrorCode.CHANGE_REJECTED) {
                throw new RejectedChangeException(change.sequence(), e.getMessage(), null);
            }
            throw e;
        }
    }

    /** As {@link #text}, but the change is rejected where there is none. */
    String required(Change change) {
        String text = text(change);
        if (text == null || text.isEmpty()) {
            throw new RejectedChangeException(
                    change.sequence(),
                    "Expected a value for " + name + " but " + change.id() + " has none"
                            + (change.isDelete() ? " (it is a delete: only the body before it could tell)" : ""),
                    null);
        }
        return text;
    }

    private static String text(Object value) {
        if (value instanceof BigDecimal number) {
            return number.toPlainString();
        }
        if (value instanceof Map || value instanceof List) {
            return Json.of(value).toString();
        }
        return value == null ? null : value.toString();
    }
}
