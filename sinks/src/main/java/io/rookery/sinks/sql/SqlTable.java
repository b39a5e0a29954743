package io.rookery.sinks.sql;

import io.rookery.api.Setting;
import io.rookery.api.Values;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A table that a task fills, with the rule which of its rows belong to a document.
 *
 * <p>The owner columns say whose row it is: the key columns made from {@code $id} alone, or, when there are none, all
 * that do not look at {@code $item}. A document's rows are those with its owner values; those of them that are not
 * among its new rows have vanished. What a script loads goes to the table that {@code load:} names, else to the one
 * whose name (the last part, ignoring case and underscores) is the script's; such a table needs {@code $id} in its key.
 * Where a column is {@code $seq}, a row never gives way to an older version of its document.
 *
 * @param load the script's name for it; null when {@code load:} is not given
 * @param columns the key first
 * @param keys how many columns make the key
 * @param each path of the array that gives one row per element; empty for one row per document
 * @param wide every field is a column too
 */
record SqlTable(SqlName name, String load, List<SqlColumn> columns, int keys, List<String> each, boolean wide) {
    static SqlTable of(String title, Setting setting, Values values) {
        setting.only("key", "columns", "each", "load");
        List<SqlColumn> columns = new ArrayList<>();
        Map<String, Setting> key = setting.get("key").mapping();
        if (key.isEmpty()) {
            throw setting.get("key").error("Expected at least one key column of " + title);
        }
        key.forEach((column, value) -> columns.add(SqlColumn.of(column, value, values)));
        boolean wide = addColumns(setting, columns, key, values);
        SqlTable table = new SqlTable(
                SqlName.of(title, setting), setting.text("load", null), columns, key.size(), each(setting), wide);
        table.check(setting);
        return table;
    }

    private static boolean addColumns(
            Setting setting, List<SqlColumn> columns, Map<String, Setting> key, Values values) {
        Setting given = setting.find("columns").orElse(null);
        if (given == null || (given.isText() && given.text().equals("*"))) {
            return true;
        }
        given.mapping().forEach((column, value) -> {
            if (key.containsKey(column)) {
                throw value.error("Column '" + column + "' is in the key already");
            }
            columns.add(SqlColumn.of(column, value, values));
        });
        return false;
    }

    private static List<String> each(Setting setting) {
        String path = setting.text("each", "");
        if (path.isEmpty()) {
            return List.of();
        }
        List<String> steps = List.of(path.split("\\.", -1));
        if (steps.contains("") || path.startsWith("=") || path.startsWith("$") || path.contains("{")) {
            throw setting.get("each").error("Expected the path of an array like lines but found '" + path + "'");
        }
        return steps;
    }

    private void check(Setting setting) {
        boolean keyed = key().stream().anyMatch(SqlColumn::ofItem);
        if (each.isEmpty() && columns.stream().anyMatch(SqlColumn::ofItem)) {
            throw setting.error("Expected 'each:' for the columns of " + name + " that use $item");
        }
        if (!each.isEmpty() && (!keyed || owner().isEmpty())) {
            throw setting.get("key")
                    .error("Expected a key of " + name
                            + " with a column of the document, such as $id, and one of $item");
        }
    }

    List<SqlColumn> key() {
        return columns.subList(0, keys);
    }

    /** Places of the key columns that say whose row it is. */
    List<Integer> owner() {
        List<Integer> ofId = places(true);
        return ofId.isEmpty() ? places(false) : ofId;
    }

    private List<Integer> places(boolean onlyId) {
        List<Integer> places = new ArrayList<>();
        for (int i = 0; i < keys; i++) {
            SqlColumn column = columns.get(i);
            if (onlyId ? column.ofId() : !column.ofItem()) {
                places.add(i);
            }
        }
        return places;
    }

    /** Whether the id alone tells which rows are a document's. */
    boolean ownedById() {
        return key().stream().anyMatch(SqlColumn::ofId);
    }

    /** Whether a document has one row at most, always with the same key. */
    boolean oneRowPerId() {
        return each.isEmpty() && key().stream().allMatch(SqlColumn::ofId);
    }

    /** The column that guards a row against an older version of its document; null when the task fills none. */
    String guard() {
        return columns.subList(keys, columns.size()).stream()
                .filter(SqlColumn::ofSequence)
                .map(SqlColumn::name)
                .findFirst()
                .orElse(null);
    }

    boolean takes(String target) {
        return load == null ? plain(name.table()).equals(plain(target)) : load.equals(target);
    }

    /** What a script calls it, after {@code loadTo}. */
    String loadName() {
        return load == null ? name.table() : load;
    }

    private static String plain(String text) {
        return text.replace("_", "").toLowerCase(Locale.ROOT);
    }
}
