package io.rookery.sinks.sql;

import io.rookery.api.Json;
import java.math.BigDecimal;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;

/**
 * A column as the target has it. Every value travels as text and is read by the column's own type, so nothing is lost
 * on the way: not a decimal's scale, not a microsecond.
 *
 * @param cast the type without length, to which the text is cast; the length is checked by the assignment, as a cast
 *     would cut in silence
 * @param type as the database shows it
 * @param generated the database fills it, nobody else
 */
record TargetColumn(String name, String cast, String type, boolean generated) {
    /** Types whose values are short and need no escaping: as an array of the type itself they are read fastest. */
    private static final Set<String> READ_AS_ARRAYS = Set.of(
            "bigint",
            "integer",
            "smallint",
            "numeric",
            "real",
            "double precision",
            "boolean",
            "date",
            "timestamp with time zone",
            "timestamp without time zone",
            "uuid");

    /** The SQL of one value a row, from an array parameter; to be used in the list of a SELECT. */
    String unnested() {
        return READ_AS_ARRAYS.contains(cast)
                ? "unnest(CAST(? AS " + cast + "[]))"
                : "CAST(unnest(CAST(? AS text[])) AS " + cast + ')';
    }

    /** What {@link #unnested()} takes: an array of texts, or the text of an array. */
    Object parameter(String[] texts) {
        if (!READ_AS_ARRAYS.contains(cast)) {
            return texts;
        }
        StringBuilder array = new StringBuilder(16 * texts.length + 2);
        for (String text : texts) {
            array.append(array.isEmpty() ? '{' : ',');
            if (text == null) {
                array.append("NULL");
            } else {
                array.append('"');
                append(text, array);
                array.append('"');
            }
        }
        return array.append(array.isEmpty() ? "{}" : "}").toString();
    }

    private static void append(String text, StringBuilder array) {
        if (text.indexOf('"') < 0 && text.indexOf('\\') < 0) {
            array.append(text);
        } else {
            array.append(text.replace("\\", "\\\\").replace("\"", "\\\""));
        }
    }

    boolean isArray() {
        return cast.endsWith("[]");
    }

    boolean json() {
        return cast.equals("jsonb") || cast.equals("json");
    }

    String text(Object value) {
        if (value == null) {
            return null;
        }
        if (json()) {
            return Json.of(value).toString();
        }
        if (value instanceof String text) { // most are
            return text;
        }
        if (value instanceof BigDecimal number) {
            return number.toPlainString();
        }
        if (value instanceof Double || value instanceof Float) {
            return number(((Number) value).doubleValue());
        }
        if (value instanceof Map || value instanceof Collection) {
            return Json.of(value).toString();
        }
        return value instanceof byte[] bytes ? "\\x" + HexFormat.of().formatHex(bytes) : value.toString();
    }

    /** As JavaScript means it: 3.0 is 3. */
    private static String number(double number) {
        if (!Double.isFinite(number)) {
            return null;
        }
        return new BigDecimal(Double.toString(number)).stripTrailingZeros().toPlainString();
    }
}
