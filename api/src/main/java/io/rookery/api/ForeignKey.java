package io.rookery.api;

import java.util.List;

/**
 * A foreign key of a legacy table.
 *
 * @param name the constraint's
 * @param table {@code schema.table} that has it
 * @param columns of that table that hold the primary key of {@code references}, in that key's order
 */
public record ForeignKey(String name, String table, List<String> columns, String references) {
    public ForeignKey {
        columns = List.copyOf(columns);
    }
}
