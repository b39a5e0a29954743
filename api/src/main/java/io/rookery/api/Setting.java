package io.rookery.api;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A value of a user's YAML with its place, so that every complaint can name line and column.
 *
 * @param file what the user calls the text; for messages
 * @param line from 1; 0 when the value came from no text
 * @param path dotted keys from the top, {@code to.tables}; empty at the top
 * @param value a {@code Map<String, Setting>} in the order of the text, a {@code List<Setting>}, or a scalar:
 *     {@code String, Long, BigInteger, BigDecimal, Boolean} or null
 */
public record Setting(String file, int line, int column, String path, Object value) {
    private static final Pattern DURATION = Pattern.compile("(\\d+)\\s*(ms|s|m|h|d)");

    /** A setting from plain maps, lists and scalars, without places; for tests and defaults. */
    public static Setting of(Object value) {
        return of("", value);
    }

    private static Setting of(String path, Object value) {
        Object wrapped = value;
        if (value instanceof Map<?, ?> map) {
            Map<String, Setting> settings = new LinkedHashMap<>();
            map.forEach((key, item) -> settings.put((String) key, of(join(path, (String) key), item)));
            wrapped = settings;
        } else if (value instanceof List<?> list) {
            wrapped = list.stream().map(item -> of(path, item)).toList();
        } else if (value instanceof Integer number) {
            wrapped = number.longValue();
        }
        return new Setting("", 0, 0, path, wrapped);
    }

    /** {@code path} and {@code key} with a dot between. */
    public static String join(String path, String key) {
        return path.isEmpty() ? key : path + '.' + key;
    }

    public boolean isMapping() {
        return value instanceof Map;
    }

    public boolean isList() {
        return value instanceof List;
    }

    public boolean isText() {
        return value instanceof String;
    }

    public boolean isNull() {
        return value == null;
    }

    @SuppressWarnings("unchecked")
    public Map<String, Setting> mapping() {
        if (value instanceof Map<?, ?> map) {
            return (Map<String, Setting>) map;
        }
        throw expected("a mapping");
    }

    @SuppressWarnings("unchecked")
    public List<Setting> list() {
        if (value instanceof List<?> list) {
            return (List<Setting>) list;
        }
        throw expected("a list");
    }

    /** The items of a list, or this alone. */
    public List<Setting> oneOrMany() {
        return isList() ? list() : List.of(this);
    }

    /** A scalar's text; numbers and booleans too. */
    public String text() {
        if (value == null || isMapping() || isList()) {
            throw expected("a text");
        }
        return value.toString();
    }

    public boolean flag() {
        if (value instanceof Boolean flag) {
            return flag;
        }
        throw expected("true or false");
    }

    public int integer(int min, int max) {
        if (value instanceof Long number && number >= min && number <= max) {
            return number.intValue();
        }
        throw expected("a whole number from " + min + " to " + max);
    }

    /** {@code 200ms, 1s, 5m, 2h, 1d}. */
    public Duration duration() {
        return duration(text()).orElseThrow(() -> expected("a duration like 200ms, 5s, 2m, 1h"));
    }

    /** Reads {@code 200ms, 1s, 5m, 2h, 1d}; empty when it is none. */
    public static Optional<Duration> duration(String text) {
        Matcher matcher = DURATION.matcher(text.trim());
        if (!matcher.matches() || matcher.group(1).length() > 12) {
            return Optional.empty();
        }
        long count = Long.parseLong(matcher.group(1));
        return Optional.of(
                switch (matcher.group(2)) {
                    case "ms" -> Duration.ofMillis(count);
                    case "s" -> Duration.ofSeconds(count);
                    case "m" -> Duration.ofMinutes(count);
                    case "h" -> Duration.ofHours(count);
                    default -> Duration.ofDays(count);
                });
    }

    /** One of these texts. */
    public String oneOf(String... choices) {
        String text = text();
        for (String choice : choices) {
            if (choice.equals(text)) {
                return text;
            }
        }
        throw expected("one of " + String.join(", ", choices));
    }

    public Optional<Setting> find(String key) {
        return Optional.ofNullable(mapping().get(key)).filter(setting -> !setting.isNull());
    }

    public Setting get(String key) {
        return find(key)
                .orElseThrow(() -> error("Expected the key '" + key + "'" + (path.isEmpty() ? "" : " in " + path)
                        + " but it is missing"));
    }

    public String text(String key, String otherwise) {
        return find(key).map(Setting::text).orElse(otherwise);
    }

    public boolean flag(String key, boolean otherwise) {
        return find(key).map(Setting::flag).orElse(otherwise);
    }

    /** Refuses every key but these, naming the nearest known one. */
    public Setting only(String... keys) {
        Set<String> known = new LinkedHashSet<>(List.of(keys));
        mapping().forEach((key, setting) -> {
            if (!known.contains(key)) {
                throw setting.error("Unknown key '" + key + "'" + nearest(key, known));
            }
        });
        return this;
    }

    private static String nearest(String key, Set<String> known) {
        String best = null;
        int bestDistance = Math.max(2, key.length() / 3) + 1;
        for (String candidate : known) {
            int distance = distance(key, candidate);
            if (distance < bestDistance) {
                best = candidate;
                bestDistance = distance;
            }
        }
        return best == null
                ? "; known are " + known.stream().collect(Collectors.joining(", "))
                : "; did you mean '" + best + "'?";
    }

    /** Levenshtein's edit distance. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int above = row[j];
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, Math.min(above, row[j - 1]) + 1);
                diagonal = above;
            }
        }
        return row[b.length()];
    }

    /** Plain maps, lists and scalars. */
    public Object plain() {
        if (isMapping()) {
            Map<String, Object> map = new LinkedHashMap<>();
            mapping().forEach((key, setting) -> map.put(key, setting.plain()));
            return map;
        }
        return isList() ? list().stream().map(Setting::plain).toList() : value;
    }

    private RookeryException expected(String what) {
        Object found = isMapping() ? "a mapping" : isList() ? "a list" : value == null ? "nothing" : "'" + value + "'";
        return error("Expected " + what + (path.isEmpty() ? "" : " for " + path) + " but found " + found);
    }

    /** A complaint about this place. */
    public RookeryException error(String message) {
        return error(ErrorCode.BAD_TASK, message);
    }

    public RookeryException error(ErrorCode code, String message) {
        return new RookeryException(code, place() + message);
    }

    /** {@code orders.yaml:12:3: }, or empty when the value came from no text. */
    public String place() {
        return line == 0 ? "" : file + ':' + line + ':' + column + ": ";
    }
}
