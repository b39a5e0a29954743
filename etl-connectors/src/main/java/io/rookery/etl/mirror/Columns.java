package io.rookery.etl.mirror;

import io.rookery.api.ErrorCode;
import io.rookery.api.Json;
import io.rookery.api.RookeryException;
import io.rookery.api.Setting;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which columns of a row become which fields.
 *
 * @param all whether columns that are not named are taken under their own name
 * @param named column → field; a field that is null leaves the column out
 */
record Columns(boolean all, Map<String, Field> named) {
    static final Columns ALL = new Columns(true, Map.of());

    /** @param json whether the column's text is JSON to be nested */
    record Field(String name, boolean json) {}

    /** {@code "*"} alone, a list of names, or a mapping of names to {@code true}, {@code false}, a new name, or {as, type}. */
    static Columns of(Setting setting) {
        if (setting.isText()) {
            setting.oneOf("*");
            return ALL;
        }
        Map<String, Field> named = new LinkedHashMap<>();
        boolean all = false;
        if (setting.isList()) {
            for (Setting column : setting.list()) {
                all |= column.text().equals("*");
                named.put(column.text(), new Field(column.text(), false));
            }
        } else {
            for (Map.Entry<String, Setting> entry : setting.mapping().entrySet()) {
                if (entry.getKey().equals("*")) {
                    all = entry.getValue().flag();
                } else {
                    named.put(entry.getKey(), field(entry.getKey(), entry.getValue()));
                }
            }
        }
        named.remove("*");
        return new Columns(all, named);
    }

    private static Field field(String column, Setting setting) {
        if (setting.isMapping()) {
            setting.only("as", "type");
            String type = setting.find("type")
                    .map(found -> found.oneOf("json", "text"))
                    .orElse("text");
            return new Field(setting.text("as", column), type.equals("json"));
        }
        if (setting.value() instanceof Boolean wanted) {
            return wanted ? new Field(column, false) : null;
        }
        return new Field(setting.text(), false);
    }

    /** Puts a row's fields into a document, in the row's order. */
    void copy(Map<String, Object> row, Map<String, Object> document) {
        row.forEach((column, value) -> {
            if (named.containsKey(column)) {
                Field field = named.get(column);
                if (field != null) {
                    document.put(field.name, field.json ? nested(column, value) : value);
                }
            } else if (all) {
                document.put(column, value);
            }
        });
    }

    private static Object nested(String column, Object value) {
        if (!(value instanceof String text)) {
            return value;
        }
        try {
            return Json.parse(text).value();
        } catch (RookeryException e) {
            throw new RookeryException(
                    ErrorCode.CHANGE_REJECTED, "Expected JSON in the column " + column + ": " + e.getMessage(), e);
        }
    }
}
