package io.rookery.sinks.sql;

import static io.rookery.sinks.sql.SqlName.quoted;

import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The target's tables as they are, and how they come to be: adds tables ({@code create}) and columns
 * ({@code evolve}), never takes or changes anything. Runs inside the rows' transaction.
 *
 * <p>Types that nobody declared are told from the first values: text, boolean, jsonb for objects and arrays, numeric
 * for numbers (JSON knows no integers: 2 today may be 2.5 tomorrow) and bigint for whole numbers in a key.
 */
final class TargetSchema {
    private static final String COLUMNS =
            """
            SELECT a.attname, format_type(a.atttypid, -1), format_type(a.atttypid, a.atttypmod),
                   a.attgenerated <> '' OR a.attidentity = 'a'
            FROM pg_attribute a WHERE a.attrelid = to_regclass(?) AND a.attnum > 0 AND NOT a.attisdropped
            ORDER BY a.attnum""";

    private final SqlTarget target;
    private final Map<SqlName, Map<String, TargetColumn>> known = new HashMap<>();

    TargetSchema(SqlTarget target) {
        this.target = target;
    }

    /** What was seen in a transaction that did not take effect is not to be believed. */
    void forget() {
        known.clear();
    }

    /** Refuses with everything that is missing. */
    void validate(Connection connection) throws SQLException {
        List<String> missing = new ArrayList<>();
        for (SqlTable table : target.tables()) {
            Map<String, TargetColumn> found = columns(connection, table.name());
            if (found.isEmpty()) {
                missing.add("table " + table.name());
            } else {
                wanted(table, List.of()).keySet().stream()
                        .filter(column -> !found.containsKey(column))
                        .forEach(column -> missing.add("column " + column + " of " + table.name()));
            }
        }
        if (!missing.isEmpty()) {
            throw refused("The target lacks " + String.join(", ", missing)
                    + "; add them, or let the task do it with 'schema: evolve'");
        }
    }

    /** The table's columns, after what the rows need was added where the task allows it. */
    Map<String, TargetColumn> ready(Connection connection, TableRows changes) throws SQLException {
        SqlTable table = changes.table();
        Map<String, TargetColumn> found = columns(connection, table.name());
        Map<String, String> wanted = wanted(table, changes.rows().values());
        if (found.isEmpty()) {
            if (!target.changesSchema()) {
                throw refused("Table " + table.name() + " is missing; create it, or set 'schema: create'");
            }
            if (changes.rows().isEmpty()) {
                return found;
            }
            lock(connection);
            known.remove(table.name());
            if (columns(connection, table.name()).isEmpty()) {
                create(connection, table, wanted);
            }
            return columns(connection, table.name());
        }
        List<String> missing = wanted.keySet().stream()
                .filter(name -> !found.containsKey(name))
                .toList();
        if (missing.isEmpty()) {
            return found;
        }
        if (!target.schema().equals("evolve")) {
            throw refused("Table " + table.name() + " lacks the columns " + String.join(", ", missing)
                    + "; add them, or set 'schema: evolve'");
        }
        lock(connection);
        for (String column : missing) {
            execute(
                    connection,
                    "ALTER TABLE " + table.name().quoted() + " ADD COLUMN IF NOT EXISTS " + quoted(column) + ' '
                            + wanted.get(column));
        }
        known.remove(table.name());
        return columns(connection, table.name());
    }

    private static RookeryException refused(String message) {
        return new RookeryException(ErrorCode.SINK_REFUSED, message);
    }

    /** Names and types of the columns that the task fills. */
    private Map<String, String> wanted(SqlTable table, Collection<Map<String, Object>> rows) {
        Map<String, String> types = new LinkedHashMap<>();
        for (int i = 0; i < table.columns().size(); i++) {
            SqlColumn column = table.columns().get(i);
            types.put(
                    column.name(), column.type() == null ? type(column.name(), rows, i < table.keys()) : column.type());
        }
        if (table.wide()) {
            rows.forEach(row -> row.keySet().forEach(name -> {
                if (!types.containsKey(name)) {
                    types.put(name, type(name, rows, false));
                }
            }));
        }
        if (target.mark() != null) {
            types.put(target.mark(), "timestamptz");
        }
        return types;
    }

    private static String type(String column, Collection<Map<String, Object>> rows, boolean key) {
        return rows.stream()
                .map(row -> row.get(column))
                .filter(Objects::nonNull)
                .findFirst()
                .map(value -> type(value, key))
                .orElse("text");
    }

    private static String type(Object value, boolean key) {
        if (value instanceof Number) {
            return key && value instanceof Long ? "bigint" : "numeric";
        }
        if (value instanceof Map || value instanceof Collection) {
            return "jsonb";
        }
        return value instanceof Boolean ? "boolean" : value instanceof byte[] ? "bytea" : "text";
    }

    private void create(Connection connection, SqlTable table, Map<String, String> columns) throws SQLException {
        if (table.name().schema() != null && !exists(connection, table.name().schema())) {
            execute(
                    connection,
                    "CREATE SCHEMA IF NOT EXISTS " + quoted(table.name().schema()));
        }
        List<String> parts = new ArrayList<>();
        columns.forEach((name, type) -> parts.add(quoted(name) + ' ' + type));
        List<String> key =
                table.key().stream().map(column -> quoted(column.name())).toList();
        execute(
                connection,
                "CREATE TABLE IF NOT EXISTS " + table.name().quoted() + " (" + String.join(", ", parts)
                        + ", PRIMARY KEY (" + String.join(", ", key) + "))");
        known.remove(table.name());
    }

    /**
     * Whoever changes a schema does it alone until its transaction ends: tasks, and one task's shards, come at once, and
     * IF NOT EXISTS alone lets one of them fail as if a row were to blame.
     */
    private static void lock(Connection connection) throws SQLException {
        execute(connection, "SELECT pg_advisory_xact_lock(hashtext('rookery_schema'))");
    }

    private static boolean exists(Connection connection, String schema) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT 1 FROM pg_namespace WHERE nspname = ?")) {
            statement.setString(1, schema);
            try (ResultSet found = statement.executeQuery()) {
                return found.next();
            }
        }
    }

    private Map<String, TargetColumn> columns(Connection connection, SqlName table) throws SQLException {
        Map<String, TargetColumn> columns = known.get(table);
        if (columns == null) {
            columns = load(connection, table);
            if (!columns.isEmpty()) {
                known.put(table, columns);
            }
        }
        return columns;
    }

    private static Map<String, TargetColumn> load(Connection connection, SqlName table) throws SQLException {
        Map<String, TargetColumn> columns = new LinkedHashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(COLUMNS)) {
            statement.setString(1, table.quoted());
            try (ResultSet found = statement.executeQuery()) {
                while (found.next()) {
                    columns.put(
                            found.getString(1),
                            new TargetColumn(
                                    found.getString(1), found.getString(2), found.getString(3), found.getBoolean(4)));
                }
            }
        }
        return columns;
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
