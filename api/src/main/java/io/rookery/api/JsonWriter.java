package io.rookery.api;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;

/**
 * Writes Java values as JSON, straight into bytes: rows and documents are made by it, once or twice each, so this is
 * where much of an ingest's time goes. One thread; used once.
 */
final class JsonWriter {
    private static final int DEPTH = 1_000;
    /** A decimal with more places is a mistake: written out it would be this many digits. */
    private static final int LARGEST_SCALE = 9_999;

    /** First of four bytes in UTF-8. */
    private static final int FOUR_BYTES = 0xf0;

    private static final byte[] HEX = "0123456789ABCDEF".getBytes(StandardCharsets.ISO_8859_1);

    /** Bytes of a text that need a closer look. */
    private static final boolean[] SPECIAL = new boolean[256];

    static {
        Arrays.fill(SPECIAL, 0, ' ', true);
        SPECIAL['"'] = true;
        SPECIAL['\\'] = true;
        SPECIAL['?'] = true;
        Arrays.fill(SPECIAL, FOUR_BYTES, 256, true);
    }

    private byte[] bytes = new byte[512];
    private int length;
    private int depth;

    /** @throws UncheckedIOException for half a surrogate pair, and for what is nested too deep */
    static byte[] write(Object value) {
        JsonWriter writer = new JsonWriter();
        writer.value(value);
        return Arrays.copyOf(writer.bytes, writer.length);
    }

    private void value(Object value) {
        if (value instanceof String text) {
            text(text);
        } else if (value instanceof Map<?, ?> map) {
            enter();
            object(map);
            depth--;
        } else if (value instanceof Iterable<?> list) {
            enter();
            array(list);
            depth--;
        } else {
            scalar(value);
        }
    }

    private void enter() {
        if (++depth > DEPTH) {
            throw new UncheckedIOException(
                    new IOException("Expected JSON of at most " + DEPTH + " levels but found more"));
        }
    }

    private void object(Map<?, ?> map) {
        octet('{');
        boolean first = true;
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            if (!first) {
                octet(',');
            }
            first = false;
            text((String) entry.getKey());
            octet(':');
            value(entry.getValue());
        }
        octet('}');
    }

    private void array(Iterable<?> list) {
        octet('[');
        boolean first = true;
        for (Object item : list) {
            if (!first) {
                octet(',');
            }
            first = false;
            value(item);
        }
        octet(']');
    }

    private void scalar(Object value) {
        if (value == null || value instanceof Boolean) {
            plain(String.valueOf(value));
        } else if (value instanceof Integer || value instanceof Long || value instanceof Short) {
            plain(Long.toString(((Number) value).longValue()));
        } else if (value instanceof BigDecimal number) {
            decimal(number);
        } else if (value instanceof BigInteger number) {
            plain(number.toString());
        } else if (value instanceof Number number) {
            floating(number.doubleValue());
        } else if (value instanceof byte[] binary) {
            text(Base64.getEncoder().encodeToString(binary));
        } else if (value instanceof Json json) {
            append(json.bytes(), 0, json.size());
        } else {
            throw new IllegalArgumentException("No JSON for " + value.getClass().getName());
        }
    }

    private void decimal(BigDecimal number) {
        if (Math.abs((long) number.scale()) > LARGEST_SCALE) {
            throw new UncheckedIOException(
                    new IOException("Expected a scale of at most " + LARGEST_SCALE + " but found " + number.scale()));
        }
        plain(number.toPlainString());
    }

    private void floating(double number) {
        if (!Double.isFinite(number)) {
            plain("null"); // JSON has no NaN and no infinity; JavaScript writes null too
        } else if (number == Math.rint(number) && Math.abs(number) < 1L << 53) {
            plain(Long.toString((long) number));
        } else {
            plain(Double.toString(number));
        }
    }

    private void text(String text) {
        octet('"');
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        int written = 0;
        boolean replaced = false;
        for (int i = 0; i < utf8.length; i++) {
            if (SPECIAL[utf8[i] & 0xff]) {
                if (utf8[i] == '?') {
                    replaced = true;
                } else {
                    append(utf8, written, i);
                    written = escape(utf8, i);
                    i = written - 1;
                }
            }
        }
        if (replaced) {
            refuseHalfSurrogate(text); // it would have become a question mark
        }
        append(utf8, written, utf8.length);
        octet('"');
    }

    private static void refuseHalfSurrogate(String text) {
        if (DocumentId.halfSurrogate(text) >= 0) {
            throw new UncheckedIOException(new IOException(
                    "Expected text but found half of a surrogate pair at place " + DocumentId.halfSurrogate(text)));
        }
    }

    /** Returns the place behind what it wrote. */
    private int escape(byte[] utf8, int at) {
        byte b = utf8[at];
        if (b < 0) {
            int point = (b & 7) << 18 | (utf8[at + 1] & 63) << 12 | (utf8[at + 2] & 63) << 6 | (utf8[at + 3] & 63);
            // as it has always been written: a document that is built again must equal the stored one
            unit(Character.highSurrogate(point));
            unit(Character.lowSurrogate(point));
            return at + 4;
        }
        switch (b) {
            case '\b' -> plain("\\b");
            case '\t' -> plain("\\t");
            case '\n' -> plain("\\n");
            case '\f' -> plain("\\f");
            case '\r' -> plain("\\r");
            case '"' -> plain("\\\"");
            case '\\' -> plain("\\\\");
            default -> unit((char) b);
        }
        return at + 1;
    }

    private void unit(char unit) {
        plain("\\u");
        for (int shift = 12; shift >= 0; shift -= 4) {
            octet(HEX[unit >> shift & 15]);
        }
    }

    /** Text of one byte a character. */
    private void plain(String text) {
        byte[] ascii = text.getBytes(StandardCharsets.ISO_8859_1);
        append(ascii, 0, ascii.length);
    }

    private void octet(int value) {
        if (length == bytes.length) {
            grow(1);
        }
        bytes[length++] = (byte) value;
    }

    private void append(byte[] from, int start, int end) {
        int more = end - start;
        if (bytes.length - length < more) {
            grow(more);
        }
        System.arraycopy(from, start, bytes, length, more);
        length += more;
    }

    private void grow(int more) {
        int doubled = (int) Math.min(2L * length, Integer.MAX_VALUE - 8);
        bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(length, more), doubled));
    }
}
