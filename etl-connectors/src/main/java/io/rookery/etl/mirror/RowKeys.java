package io.rookery.etl.mirror;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * Keys of the mirror's entries in a database.
 *
 * <pre>
 * rows/CONNECTION/TABLE/KEY            the row as JSON
 * refs/CONNECTION/TABLE/COLUMNS/VALUES//KEY   nothing: the row KEY refers to VALUES by COLUMNS
 * seen/CONNECTION/GENERATION/TABLE/KEY nothing: a repeated snapshot saw the row
 * todo/CONNECTION/TASK/KEY             nothing: the root must be built anew
 * mirror/CONNECTION                    the source's offset and how far its snapshot is
 * mapping/CONNECTION/TASK              the mapping that the task's documents were built with, and how far
 * </pre>
 *
 * KEY and VALUES are values joined by {@code /}, each with {@code %}, {@code /} and control characters escaped, so that
 * one's prefix is never another's.
 */
record RowKeys(String connection) {
    /** Of all rows. */
    String rows() {
        return "rows/" + connection + '/';
    }

    String rows(String table) {
        return rows() + escape(table) + '/';
    }

    /** Of all rows of the table that a row's entry belongs to. */
    String tableOf(String entry) {
        return entry.substring(0, entry.indexOf('/', rows().length()) + 1);
    }

    String row(String table, String key) {
        return rows(table) + key;
    }

    /** Of all entries of a table's indexes. */
    String refs(String table) {
        return "refs/" + connection + '/' + escape(table) + '/';
    }

    /** Of all entries of an index. */
    String refs(Reference reference) {
        return refs(reference.table()) + String.join("+", escaped(reference.columns())) + '/';
    }

    String refs(Reference reference, String values) {
        return refs(reference) + values + "//";
    }

    private static List<String> escaped(List<String> columns) {
        return columns.stream()
                .map(column -> escape(column).replace("+", "%2b"))
                .toList();
    }

    String seen(long generation) {
        return "seen/" + connection + '/' + generation + '/';
    }

    String todo(String task) {
        return "todo/" + connection + '/' + task + '/';
    }

    String state() {
        return "mirror/" + connection;
    }

    String mapping(String task) {
        return "mapping/" + connection + '/' + task;
    }

    /** The columns' values of a row as a key; null when one of them is null: the row refers to nothing. */
    static String key(Map<String, Object> row, List<String> columns) {
        StringBuilder key = new StringBuilder();
        for (String column : columns) {
            Object value = row.get(column);
            if (value == null) {
                return null;
            }
            append(key, text(value));
        }
        return key.toString();
    }

    /** Values as a key, in their order. */
    static String joined(Collection<?> values) {
        StringBuilder key = new StringBuilder();
        values.forEach(value -> append(key, text(value)));
        return key.toString();
    }

    /** What was joined. */
    static List<String> parts(String joined) {
        return Arrays.stream(joined.split("/")).map(RowKeys::unescape).toList();
    }

    private static String unescape(String escaped) {
        if (escaped.equals("%")) {
            return "";
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < escaped.length(); i++) {
            char c = escaped.charAt(i);
            if (c == '%') {
                text.append((char) Integer.parseInt(escaped, i + 1, i + 3, 16));
                i += 2;
            } else {
                text.append(c);
            }
        }
        return text.toString();
    }

    private static void append(StringBuilder key, String text) {
        if (key.length() > 0) {
            key.append('/');
        }
        key.append(escape(text));
    }

    /** A value's text: equal numbers have equal texts, whatever their scale. */
    static String text(Object value) {
        if (value instanceof BigDecimal number) {
            return number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString();
        }
        return String.valueOf(value);
    }

    static String escape(String text) {
        boolean plain = !text.isEmpty();
        for (int i = 0; plain && i < text.length(); i++) {
            char c = text.charAt(i);
            plain = c != '%' && c != '/' && c >= ' ';
        }
        if (plain) {
            return text;
        }
        StringBuilder escaped = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%' || c == '/' || c < ' ') {
                escaped.append('%').append(String.format("%02x", (int) c));
            } else {
                escaped.append(c);
            }
        }
        return text.isEmpty() ? "%" : escaped.toString();
    }
}
