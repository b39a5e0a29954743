package io.rookery.sinks.sql;

import static io.rookery.sinks.sql.SqlName.quoted;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The two statements that bring a table to its new state, each for all rows of a batch: a column is one array
 * parameter, so a batch costs two round trips whatever its size.
 */
record TableWriter(Connection connection, TableRows changes, Map<String, TargetColumn> target, String mark) {

    private static final Set<String> NUMBERS = Set.of("bigint", "numeric", "integer");
    /**
     * A table that is being filled has no statistics yet, or old ones, and the planner would read all of it for each
     * batch. The owners are part of the key, so there is an index.
     */
    private static final String BY_INDEX = "SET LOCAL enable_seqscan = off; %s; SET LOCAL enable_seqscan TO DEFAULT";

    /** Deletes, or marks, the rows of the owners that are not among the new ones. */
    void delete() throws SQLException {
        if (changes.owners().isEmpty() || target.isEmpty()) {
            return;
        }
        SqlTable table = changes.table();
        List<TargetColumn> owner = table.owner().stream()
                .map(place -> column(table.columns().get(place)))
                .toList();
        List<TargetColumn> key = table.key().stream().map(this::column).toList();
        List<Object> parameters = new ArrayList<>(arrays(owner, changes.owners().keySet()));
        parameters.add(changes.owners().values().stream().map(String::valueOf).toArray(String[]::new));
        String from = unnest(owner.size() + 1, "d");
        String name = table.name().quoted() + " AS t";
        String sql = (mark == null
                        ? "DELETE FROM " + name + " USING " + from + " WHERE "
                        : "UPDATE " + name + " SET " + quoted(mark) + " = now() FROM " + from + " WHERE t."
                                + quoted(mark) + " IS NULL AND ")
                + matches(owner, "d");
        for (int i = 0; i < owner.size(); i++) {
            if (!owner.get(i).isArray()) {
                sql += " AND t." + quoted(owner.get(i).name()) + " = ANY (ARRAY(SELECT "
                        + owner.get(i).unnested() + "))";
                parameters.add(owner.get(i).parameter((String[]) parameters.get(i)));
            }
        }
        String guard = guard();
        if (guard != null) {
            sql += " AND (t." + guard + " IS NULL OR t." + guard + " <= CAST(d.c" + owner.size() + " AS numeric))";
        }
        if (!changes.rows().isEmpty()) {
            sql += " AND NOT EXISTS (SELECT 1 FROM " + unnest(key.size(), "n") + " WHERE " + matches(key, "n") + ')';
            parameters.addAll(arrays(key, changes.rows().keySet()));
        }
        execute(BY_INDEX.formatted(sql), parameters);
    }

    void upsert() throws SQLException {
        if (changes.rows().isEmpty()) {
            return;
        }
        SqlTable table = changes.table();
        List<TargetColumn> columns = columns();
        String names = columns.stream().map(column -> quoted(column.name())).collect(Collectors.joining(", "));
        String values = columns.stream().map(TargetColumn::unnested).collect(Collectors.joining(", "));
        String key = table.key().stream().map(column -> quoted(column.name())).collect(Collectors.joining(", "));
        String sql = "INSERT INTO " + table.name().quoted() + " AS t (" + names + ") SELECT " + values
                + " ON CONFLICT (" + key + ") DO " + update(columns);
        execute(
                sql,
                columns.stream().map(column -> column.parameter(values(column))).toList());
    }

    /** The rows' values of one column: the rows are many, so no row is copied. */
    private String[] values(TargetColumn column) {
        String[] values = new String[changes.rows().size()];
        int at = 0;
        for (Map<String, Object> row : changes.rows().values()) {
            values[at++] = column.text(row.get(column.name()));
        }
        return values;
    }

    /** The columns to fill; where every field is a column, a field that is gone becomes null. */
    List<TargetColumn> columns() {
        if (changes.table().wide()) {
            return target.values().stream()
                    .filter(column -> !column.generated() && !column.name().equals(mark))
                    .toList();
        }
        return changes.table().columns().stream().map(this::column).toList();
    }

    private String update(List<TargetColumn> columns) {
        List<String> keys = changes.table().key().stream().map(SqlColumn::name).toList();
        List<String> sets = new ArrayList<>();
        columns.stream()
                .filter(column -> !keys.contains(column.name()))
                .forEach(column -> sets.add(quoted(column.name()) + " = EXCLUDED." + quoted(column.name())));
        if (mark != null) {
            sets.add(quoted(mark) + " = NULL");
        }
        if (sets.isEmpty()) {
            return "NOTHING";
        }
        String guard = guard();
        return "UPDATE SET " + String.join(", ", sets)
                + (guard == null ? "" : " WHERE t." + guard + " IS NULL OR t." + guard + " <= EXCLUDED." + guard);
    }

    /** The quoted column with the sequence number; null when there is none, or one that does not compare as a number. */
    private String guard() {
        String name = changes.table().guard();
        return name != null && NUMBERS.contains(column(name).cast()) ? quoted(name) : null;
    }

    private TargetColumn column(SqlColumn column) {
        return column(column.name());
    }

    private TargetColumn column(String name) {
        return target.get(name);
    }

    private static String unnest(int columns, String alias) {
        return IntStream.range(0, columns)
                        .mapToObj(i -> "CAST(? AS text[])")
                        .collect(Collectors.joining(", ", "unnest(", ") AS " + alias))
                + IntStream.range(0, columns).mapToObj(i -> "c" + i).collect(Collectors.joining(", ", "(", ")"));
    }

    private static String matches(List<TargetColumn> columns, String alias) {
        return IntStream.range(0, columns.size())
                .mapToObj(i -> "t." + quoted(columns.get(i).name()) + " = CAST(" + alias + ".c" + i + " AS "
                        + columns.get(i).cast() + ')')
                .collect(Collectors.joining(" AND "));
    }

    private static List<String[]> arrays(List<TargetColumn> columns, Collection<List<Object>> rows) {
        List<String[]> arrays = new ArrayList<>();
        columns.forEach(column -> arrays.add(new String[rows.size()]));
        int at = 0;
        for (List<Object> row : rows) {
            for (int i = 0; i < columns.size(); i++) {
                arrays.get(i)[at] = columns.get(i).text(row.get(i));
            }
            at++;
        }
        return arrays;
    }

    private void execute(String sql, List<?> parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.size(); i++) {
                if (parameters.get(i) instanceof String[] texts) {
                    statement.setArray(i + 1, connection.createArrayOf("text", texts));
                } else {
                    statement.setObject(i + 1, parameters.get(i), Types.OTHER);
                }
            }
            statement.execute();
        }
    }
}
