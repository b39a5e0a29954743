package io.rookery.api;

import java.util.Map;
import java.util.Set;

/**
 * A change of one row of a legacy table, with values as {@link Json} describes: decimals as {@code BigDecimal} with
 * their scale, times as ISO-8601 text, binary as base64 text, {@code json} columns as text.
 *
 * @param table {@code schema.table}
 * @param key primary key columns and values in the key's order; empty for a table without one
 * @param before the row before an update or delete as far as the source tells (at least the old key when it changed);
 *     null otherwise
 * @param after the row after it; null for a delete and a truncate
 * @param unavailable columns whose unchanged value the source did not send (PostgreSQL's TOAST)
 */
public record RowChange(
        String table,
        Kind kind,
        Map<String, Object> key,
        Map<String, Object> before,
        Map<String, Object> after,
        Set<String> unavailable) {

    /** What happened to the row. */
    public enum Kind {
        /** Seen by a snapshot: it is there, whether known or not. */
        READ,
        INSERT,
        UPDATE,
        DELETE,
        /** The whole table was emptied. */
        TRUNCATE
    }
}
