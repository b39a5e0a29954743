package io.rookery.transforms;

import io.rookery.api.Json;
import io.rookery.api.Setting;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How a value is hidden. Null stays null; in an array each element is masked; of an object only its JSON text is left
 * to hide. Masked values are texts.
 */
enum Mask {
    /** Hex SHA-256 of the text: equal values stay equal, so joins still work. Short values can be guessed. */
    SHA256,
    /** Stars but for the last four characters; of eight characters or fewer nothing is shown. */
    LAST4,
    /** {@code a***@example.com}: the first letter and the domain; what is no address is redacted. */
    EMAIL,
    /** Three stars, whatever was there. */
    REDACT,
    /** Null. */
    CLEAR;

    private static final String STARS = "***";

    static Mask of(Setting setting) {
        return valueOf(
                setting.oneOf("sha256", "last4", "email", "redact", "clear").toUpperCase(Locale.ROOT));
    }

    Object apply(Object value) {
        if (value == null) {
            return null;
        }
        if (value instanceof List<?> list && this != CLEAR) {
            return list.stream().map(this::apply).toList();
        }
        String text = text(value);
        return switch (this) {
            case SHA256 -> sha256(text);
            case LAST4 -> last4(text);
            case EMAIL -> email(text);
            case REDACT -> STARS;
            case CLEAR -> null;
        };
    }

    private static String text(Object value) {
        if (value instanceof BigDecimal number) {
            return number.toPlainString();
        }
        return value instanceof Map ? Json.of(value).toString() : value.toString();
    }

    private static String last4(String text) {
        int shown = text.length() > 8 ? 4 : 0;
        return "*".repeat(text.length() - shown) + text.substring(text.length() - shown);
    }

    private static String email(String text) {
        int at = text.lastIndexOf('@');
        return at < 1 ? STARS : text.substring(0, text.offsetByCodePoints(0, 1)) + STARS + text.substring(at);
    }

    private static String sha256(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }
}
