package io.rookery.api;

import static java.util.Objects.requireNonNull;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * A JSON value as its UTF-8 bytes, parsed only when asked. Immutable; equal when the bytes are equal.
 *
 * <p>As Java values: objects are {@code Map<String, Object>} in the order of the text, arrays {@code List<Object>},
 * strings {@code String}, integers {@code Long} or {@code BigInteger}, other numbers {@code BigDecimal} with their
 * scale ({@code 12.3400} stays {@code 12.3400}), {@code Boolean}, and null. Writing also takes any other
 * {@code Number} and {@code byte[]} (as base64). Limits are those of {@link Limits}.
 */
public final class Json {
    private final byte[] bytes;
    private Object value;
    private volatile boolean parsed; // volatile: who sees true sees the value

    private Json(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Takes bytes that are known to be valid JSON, such as stored ones. The array must not be changed afterwards. */
    public static Json trusted(byte[] bytes) {
        return new Json(requireNonNull(bytes, "bytes is null"));
    }

    /** @throws RookeryException BAD_JSON with line and column, or TOO_LARGE */
    public static Json parse(byte[] bytes) {
        Json json = new Json(bytes);
        json.value();
        if (mayHaveSurrogates(bytes)) {
            refuseHalfSurrogates(json.value());
        }
        return json;
    }

    /**
     * As {@link #parse}, and refuses the same, but makes no values: for what goes on as its bytes.
     *
     * @throws RookeryException BAD_JSON with line and column, or TOO_LARGE
     */
    public static Json checked(byte[] bytes) {
        if (mayHaveSurrogates(bytes)) {
            return parse(bytes);
        }
        JsonReader.check(bytes);
        return new Json(bytes);
    }

    /**
     * The members of an object, as {@link #parse} gives them, but objects that are the value of a member named
     * {@code kept}, at any depth, are {@link #checked} and stay {@code Json} of their own bytes.
     *
     * @throws RookeryException BAD_JSON with line and column, also when this is no object, or TOO_LARGE
     */
    public static Map<String, Object> parseKeeping(String kept, byte[] bytes) {
        Object value = JsonReader.read(bytes, kept);
        if (mayHaveSurrogates(bytes)) {
            refuseHalfSurrogates(value);
        }
        return object(value);
    }

    public static Json parse(String text) {
        return parse(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Writes a Java value; see the class comment for what it may be. */
    public static Json of(Object value) {
        return new Json(JsonWriter.write(value));
    }

    /**
     * As {@link #of} for a map that nobody changes afterwards: where its values are what parsing would give they are
     * kept, and not parsed again.
     */
    public static Json ofUnchanging(Map<String, Object> value) {
        Json json = of(value);
        if (isAsParsed(value)) {
            json.value = Collections.unmodifiableMap(value);
            json.parsed = true;
        }
        return json;
    }

    private static boolean isAsParsed(Object value) {
        if (value instanceof Map<?, ?> map) {
            return map.values().stream().allMatch(Json::isAsParsed);
        }
        if (value instanceof List<?> list) {
            return list.stream().allMatch(Json::isAsParsed);
        }
        return value == null
                || value instanceof String
                || value instanceof Long
                || value instanceof Boolean
                || (value instanceof BigDecimal number && number.scale() > 0); // others are written as integers
    }

    /** The bytes themselves, not a copy: not to be changed. */
    public byte[] bytes() {
        return bytes;
    }

    public int size() {
        return bytes.length;
    }

    /** The value as an unmodifiable Java value; parsed at the first call. */
    public Object value() {
        if (!parsed) { // a race parses twice and gets equal values
            value = JsonReader.read(bytes, JsonReader.NOTHING);
            parsed = true;
        }
        return value;
    }

    public boolean isObject() {
        return value() instanceof Map;
    }

    /** @throws RookeryException BAD_JSON when this is no object */
    public Map<String, Object> asObject() {
        return object(value());
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> object(Object value) {
        if (value instanceof Map<?, ?> map) {
            return (Map<String, Object>) map;
        }
        throw new RookeryException(ErrorCode.BAD_JSON, "Expected a JSON object but found " + kind(value));
    }

    /** What a value is called in messages. */
    public static String kind(Object value) {
        if (value == null) {
            return "null";
        }
        if (value instanceof Map) {
            return "an object";
        }
        if (value instanceof List) {
            return "an array";
        }
        if (value instanceof String) {
            return "a string";
        }
        return value instanceof Number ? "a number" : "a boolean";
    }

    /** Half surrogates come by escapes only: UTF-8 has none. */
    private static boolean mayHaveSurrogates(byte[] bytes) {
        for (int i = 0; i < bytes.length - 2; i++) {
            if (bytes[i] == '\\' && bytes[i + 1] == 'u' && (bytes[i + 2] == 'd' || bytes[i + 2] == 'D')) {
                return true;
            }
        }
        return false;
    }

    private static void refuseHalfSurrogates(Object value) {
        if (value instanceof Map<?, ?> map) {
            map.forEach((key, item) -> {
                refuseHalfSurrogates(key);
                refuseHalfSurrogates(item);
            });
        } else if (value instanceof List<?> list) {
            list.forEach(Json::refuseHalfSurrogates);
        } else if (value instanceof Json kept) {
            refuseHalfSurrogates(kept.value());
        } else if (value instanceof String text && DocumentId.halfSurrogate(text) >= 0) {
            throw new RookeryException(
                    ErrorCode.BAD_JSON,
                    "Expected text but found half of a surrogate pair, which UTF-8 cannot hold: U+"
                            + String.format("%04X", (int) text.charAt(DocumentId.halfSurrogate(text))));
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Json that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** The JSON text. */
    @Override
    public String toString() {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
