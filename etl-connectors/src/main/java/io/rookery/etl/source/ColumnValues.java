package io.rookery.etl.source;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;

/** What the engine's values are as values of a row: see {@link io.rookery.api.RowChange}. */
final class ColumnValues {
    /** Stands in a record for a value that the server did not send. No real value has it. */
    static final String UNAVAILABLE = "__rookery_value_not_sent_by_the_server__";

    private static final byte[] UNAVAILABLE_BYTES = UNAVAILABLE.getBytes(StandardCharsets.UTF_8);
    private static final String UNAVAILABLE_BASE64 = Base64.getEncoder().encodeToString(UNAVAILABLE_BYTES);

    private ColumnValues() {}

    static boolean unavailable(Object value) {
        if (value instanceof String text) {
            return text.contains(UNAVAILABLE) || text.equals(UNAVAILABLE_BASE64);
        }
        if (value instanceof ByteBuffer bytes) {
            return bytes.equals(ByteBuffer.wrap(UNAVAILABLE_BYTES));
        }
        if (value instanceof Map<?, ?> map) {
            return map.containsKey(UNAVAILABLE);
        }
        return value instanceof List<?> list && unavailable(list);
    }

    /** Arrays of text hold the placeholder; arrays of numbers hold its bytes. */
    private static boolean unavailable(List<?> list) {
        if (list.size() == 1) {
            return unavailable(list.get(0));
        }
        if (list.size() != UNAVAILABLE_BYTES.length) {
            return false;
        }
        for (int i = 0; i < UNAVAILABLE_BYTES.length; i++) {
            if (!(list.get(i) instanceof Number number) || number.longValue() != UNAVAILABLE_BYTES[i]) {
                return false;
            }
        }
        return true;
    }

    static Object plain(Schema schema, Object value) {
        if (value == null) {
            return null;
        }
        if (schema.name() != null) {
            return named(schema, value);
        }
        return structural(schema, value);
    }

    private static Object named(Schema schema, Object value) {
        return switch (schema.name()) {
            case "io.debezium.time.Date" ->
                LocalDate.ofEpochDay(((Number) value).longValue()).toString();
            case "io.debezium.time.Time" -> time(((Number) value).longValue() * 1_000_000L);
            case "io.debezium.time.MicroTime" -> time(((Number) value).longValue() * 1_000L);
            case "io.debezium.time.NanoTime" -> time(((Number) value).longValue());
            case "io.debezium.time.Timestamp" -> timestamp(((Number) value).longValue(), 1_000L);
            case "io.debezium.time.MicroTimestamp" -> timestamp(((Number) value).longValue(), 1_000_000L);
            case "io.debezium.data.VariableScaleDecimal" -> {
                Struct decimal = (Struct) value;
                yield new BigDecimal(new BigInteger(decimal.getBytes("value")), decimal.getInt32("scale"));
            }
            case "io.debezium.data.Bits" -> bits((byte[]) value);
            default -> structural(schema, value);
        };
    }

    private static String time(long nanos) {
        // PostgreSQL knows 24:00:00, ISO-8601 too, LocalTime does not
        return nanos >= 86_400_000_000_000L
                ? "24:00:00"
                : DateTimeFormatter.ISO_LOCAL_TIME.format(LocalTime.ofNanoOfDay(nanos));
    }

    private static String timestamp(long value, long unitsPerSecond) {
        long years = value / unitsPerSecond / 31_556_952L;
        if (Math.abs(years) > 292_200L) {
            return value > 0 ? "infinity" : "-infinity";
        }
        Instant instant = Instant.ofEpochSecond(
                Math.floorDiv(value, unitsPerSecond),
                Math.floorMod(value, unitsPerSecond) * (1_000_000_000L / unitsPerSecond));
        return DateTimeFormatter.ISO_LOCAL_DATE_TIME.format(LocalDateTime.ofInstant(instant, ZoneOffset.UTC));
    }

    /** {@code B'101'} → {@code 5}: little-endian bytes as a number would lose leading zeros, so the bytes as base64. */
    private static String bits(byte[] value) {
        return Base64.getEncoder().encodeToString(value);
    }

    private static Object structural(Schema schema, Object value) {
        if (value instanceof List<?> list) {
            List<Object> items = new ArrayList<>(list.size());
            list.forEach(item -> items.add(plain(schema.valueSchema(), item)));
            return items;
        }
        if (value instanceof Struct struct) {
            return row(struct);
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> plain = new LinkedHashMap<>();
            map.forEach((key, item) -> plain.put(String.valueOf(key), plain(schema.valueSchema(), item)));
            return plain;
        }
        if (value instanceof ByteBuffer buffer) {
            byte[] bytes = new byte[buffer.remaining()];
            buffer.duplicate().get(bytes);
            return Base64.getEncoder().encodeToString(bytes);
        }
        if (value instanceof byte[] bytes) {
            return Base64.getEncoder().encodeToString(bytes);
        }
        if (value instanceof Integer || value instanceof Short || value instanceof Byte) {
            return ((Number) value).longValue();
        }
        return value;
    }

    /** As it was set: by its place where that gives the same as by its name, which must be looked for. */
    static Object of(Struct struct, Field field) {
        return field.schema().defaultValue() == null ? struct.get(field) : struct.getWithoutDefault(field.name());
    }

    static Map<String, Object> row(Struct struct) {
        Map<String, Object> row = new LinkedHashMap<>();
        for (Field field : struct.schema().fields()) {
            row.put(field.name(), plain(field.schema(), of(struct, field)));
        }
        return row;
    }
}
