package io.rookery.sinks.sql;

import io.rookery.api.Setting;
import java.nio.charset.StandardCharsets;

/**
 * A table's name, always quoted: it means exactly what the task says.
 *
 * @param schema null for the connection's own
 */
record SqlName(String schema, String table) {
    /** PostgreSQL cuts longer names without a word. */
    private static final int MAX_BYTES = 63;

    static SqlName of(String text, Setting where) {
        int dot = text.indexOf('.');
        SqlName name = dot < 0 ? new SqlName(null, text) : new SqlName(text.substring(0, dot), text.substring(dot + 1));
        if (name.schema != null) {
            checked(name.schema, where);
        }
        checked(name.table, where);
        return name;
    }

    /** Refuses what the database would cut or not take. */
    static String checked(String name, Setting where) {
        if (name.isBlank() || name.indexOf('\0') >= 0) {
            throw where.error("Expected a name but found '" + name.replace("\0", "\\0") + "'");
        }
        int bytes = name.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_BYTES) {
            throw where.error("Expected a name of at most " + MAX_BYTES + " bytes but '" + name + "' has " + bytes);
        }
        return name;
    }

    static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    String quoted() {
        return schema == null ? quoted(table) : quoted(schema) + '.' + quoted(table);
    }

    @Override
    public String toString() {
        return schema == null ? table : schema + '.' + table;
    }
}
