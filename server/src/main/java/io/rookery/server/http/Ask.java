package io.rookery.server.http;

import io.rookery.api.ErrorCode;
import io.rookery.api.Json;
import io.rookery.api.RookeryException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * A request, read to its end.
 *
 * @param path what the route's braces matched, by name
 * @param query parameters, each with all its values
 * @param header a header's value by name, or null
 */
record Ask(
        String method,
        Map<String, String> path,
        Map<String, List<String>> query,
        Function<String, String> header,
        byte[] body) {

    String path(String name) {
        return path.get(name);
    }

    Optional<String> query(String name) {
        List<String> values = query.getOrDefault(name, List.of());
        return values.isEmpty() ? Optional.empty() : Optional.of(values.get(0));
    }

    List<String> queries(String name) {
        return query.getOrDefault(name, List.of());
    }

    String required(String name) {
        return query(name)
                .filter(value -> !value.isEmpty())
                .orElseThrow(() -> new RookeryException(
                        ErrorCode.BAD_REQUEST, "Expected the query parameter '" + name + "' but it is missing"));
    }

    boolean flag(String name) {
        return query(name)
                .map(value -> switch (value) {
                    case "true", "" -> true;
                    case "false" -> false;
                    default ->
                        throw new RookeryException(
                                ErrorCode.BAD_REQUEST,
                                "Expected true or false for '" + name + "' but found '" + value + "'");
                })
                .orElse(false);
    }

    long number(String name, long otherwise, long min, long max) {
        return query(name).map(text -> number(name, min, max, text)).orElse(otherwise);
    }

    /** @param name of the parameter or header that the text came with */
    static long number(String name, long min, long max, String text) {
        try {
            long number = Long.parseLong(text);
            // parseLong takes the digits of every script, and a plus
            if (number >= min && number <= max && text.chars().allMatch(c -> c == '-' || (c >= '0' && c <= '9'))) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw badNumber(name, min, max, text, e);
        }
        throw badNumber(name, min, max, text, null);
    }

    private static RookeryException badNumber(String name, long min, long max, String text, Throwable cause) {
        return new RookeryException(
                ErrorCode.BAD_REQUEST,
                "Expected a number from " + min + " to " + max + " for '" + name + "' but found '" + text + "'",
                cause);
    }

    Optional<Duration> duration(String name) {
        return query(name).map(text -> io.rookery.api.Setting.duration(text)
                .orElseThrow(() -> new RookeryException(
                        ErrorCode.BAD_REQUEST,
                        "Expected a duration like 30s for '" + name + "' but found '" + text + "'")));
    }

    Optional<String> header(String name) {
        return Optional.ofNullable(header.apply(name));
    }

    Json json() {
        return Json.parse(body);
    }

    String text() {
        return new String(body, StandardCharsets.UTF_8);
    }
}
