package io.rookery.sinks.sql;

import io.rookery.api.Setting;
import io.rookery.api.Value;
import io.rookery.api.Values;
import java.util.regex.Pattern;

/**
 * A column as the task describes it.
 *
 * @param type as declared; null to take the target's, or to be told from the values
 * @param ofId depends on nothing but the document's id
 * @param ofItem depends on the element of {@code each:}
 * @param ofSequence is the change's sequence number
 */
record SqlColumn(String name, Value value, String type, boolean ofId, boolean ofItem, boolean ofSequence) {
    private static final Pattern TYPE = Pattern.compile(
            "[A-Za-z][A-Za-z0-9_ ]{0,40}(\\(\\s*\\d{1,4}(\\s*,\\s*\\d{1,4})?\\s*\\))?[A-Za-z ]{0,30}(\\[\\])?");
    private static final Pattern FIELD = Pattern.compile("\\{\\s*([^}]*?)\\s*}");

    static SqlColumn of(String name, Setting setting, Values values) {
        SqlName.checked(name, setting);
        Setting from = setting;
        String type = null;
        if (setting.isMapping()) {
            setting.only("from", "type");
            from = setting.get("from");
            type = setting.find("type").map(SqlColumn::type).orElse(null);
        }
        String text = from.isText() ? from.text() : "";
        if (type == null && text.equals("$ts")) {
            type = "timestamptz";
        }
        return new SqlColumn(
                name,
                values.compile(from, Values.Plain.PATH),
                type,
                ofId(text),
                text.contains("$item"),
                text.equals("$seq"));
    }

    private static String type(Setting setting) {
        String type = setting.text();
        if (!TYPE.matcher(type).matches()) {
            throw setting.error("Expected a type like numeric(12,2) but found '" + type + "'");
        }
        return type;
    }

    private static boolean ofId(String text) {
        if (text.equals("$id")) {
            return true;
        }
        return !text.startsWith("=")
                && text.contains("{")
                && FIELD.matcher(text).results().allMatch(field -> field.group(1)
                        .equals("$id"));
    }
}
