package io.rookery.etl.source;

import io.rookery.api.RowChange;
import io.rookery.api.RowChange.Kind;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * Makes row changes of the engine's records. A changed primary key comes as a delete and an insert that know of each
 * other; it is given as one update, so that what hangs below the row is never without it.
 */
final class RowRecords {
    private static final String NEW_KEY = "__debezium.newkey";
    private static final String OLD_KEY = "__debezium.oldkey";

    private RowRecords() {}

    /** Whether the rest of this change is in the next record: the place between the two is no place to go on from. */
    static boolean continued(SourceRecord sourceRecord) {
        return sourceRecord.headers().lastWithName(NEW_KEY) != null;
    }

    /** The change, or null for what changes no row: heartbeats, messages, the first half of a changed key. */
    static RowChange of(SourceRecord sourceRecord) {
        if (!(sourceRecord.value() instanceof Struct value)
                || value.schema().field("op") == null
                || value.schema().field("after") == null
                || continued(sourceRecord)) {
            return null;
        }
        Struct source = value.getStruct("source");
        String table = source.getString("schema") + '.' + source.getString("table");
        Struct before = value.getStruct("before");
        Struct after = value.getStruct("after");
        Kind kind = kind(value.getString("op"));
        if (kind == null) {
            return null;
        }
        if (kind == Kind.TRUNCATE) {
            return new RowChange(table, kind, Map.of(), null, null, Set.of());
        }
        Map<String, Object> key = sourceRecord.key() instanceof Struct struct ? ColumnValues.row(struct) : Map.of();
        Header oldKey = sourceRecord.headers().lastWithName(OLD_KEY);
        Map<String, Object> old = null;
        if (oldKey != null) {
            kind = Kind.UPDATE;
            old = ColumnValues.row((Struct) oldKey.value());
        } else if (key.isEmpty() && before != null) {
            old = ColumnValues.row(before);
        }
        Set<String> unavailable = new LinkedHashSet<>();
        return new RowChange(table, kind, key, old, after == null ? null : after(after, unavailable), unavailable);
    }

    private static Kind kind(String op) {
        return switch (op) {
            case "r" -> Kind.READ;
            case "c" -> Kind.INSERT;
            case "u" -> Kind.UPDATE;
            case "d" -> Kind.DELETE;
            case "t" -> Kind.TRUNCATE;
            default -> null;
        };
    }

    private static Map<String, Object> after(Struct struct, Set<String> unavailable) {
        Map<String, Object> row = new LinkedHashMap<>();
        for (Field field : struct.schema().fields()) {
            Object value = ColumnValues.of(struct, field);
            if (ColumnValues.unavailable(value)) {
                unavailable.add(field.name());
                row.put(field.name(), null); // keeps the column's place
            } else {
                row.put(field.name(), ColumnValues.plain(field.schema(), value));
            }
        }
        return row;
    }

    /** Milliseconds since the epoch of the commit at the source; 0 when the record does not say. */
    static long timestamp(SourceRecord sourceRecord) {
        if (sourceRecord.value() instanceof Struct value && value.schema().field("source") != null) {
            Long millis = value.getStruct("source").getInt64("ts_ms");
            return millis == null ? 0 : millis;
        }
        return 0;
    }
}
