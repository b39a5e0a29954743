package io.rookery.etl.mirror;

import java.util.List;

/**
 * How the rows of one table appear at one place of a document, with what hangs below them.
 *
 * @param table {@code schema.table}
 */
record TableMapping(String table, Columns columns, List<Embed> embeds, List<Link> links, List<Copy> copies) {
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
     * A value of another row that this row refers to, kept fresh.
     *
     * @param by this row's columns that hold the other's primary key, in that key's order
     * @param take the other's column
     */
    record Copy(String field, String table, List<String> by, String take) {}
}
