package io.rookery.etl.mirror;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * How the rows of one table appear at one place of a document, with what hangs below them.
 *
 * @param table {@code schema.table}
 */
record TableMapping(String table, Columns columns, List<Embed> embeds, List<Link> links, List<Copy> copies) {
    /** Whether the fields are the columns, no more and no less. */
    boolean isRow() {
        return columns.equals(Columns.ALL) && embeds.isEmpty() && links.isEmpty() && copies.isEmpty();
    }

    /** What an embed's rows become. */
    enum Shape {
        ARRAY,
        MAP,
        ONE
    }

    /**
     * Child rows inside their parent.
     *
     * @param by the child's columns that hold the parent's primary key, in that key's order
     * @param sort columns that order an array; the row's key after them
     * @param mapKey column whose value is the key of a map; null for the other shapes
     */
    record Embed(String field, TableMapping rows, List<String> by, Shape shape, List<String> sort, String mapKey) {}

    /** The id of another document, made from this row; null when a column that it needs is null. */
    record Link(String field, Template id) {}

    /**
     * Values of another row that this row refers to, kept fresh.
     *
     * @param by this row's columns that hold the other's primary key, in that key's order
     * @param take the other's columns
     * @param nested whether they become an object; else the one column's value is the field's
     */
    record Copy(String field, String table, List<String> by, List<String> take, boolean nested) {
        boolean differs(Map<String, Object> before, Map<String, Object> after) {
            return take.stream().anyMatch(column -> !Objects.equals(before.get(column), after.get(column)));
        }

        /** What the copying row shows of the row that it refers to; null: there is none. */
        Object of(Map<String, Object> copied) {
            if (copied == null || !nested) {
                return copied == null ? null : copied.get(take.get(0));
            }
            Map<String, Object> object = new LinkedHashMap<>();
            take.forEach(column -> object.put(column, copied.get(column)));
            return object;
        }
    }
}
