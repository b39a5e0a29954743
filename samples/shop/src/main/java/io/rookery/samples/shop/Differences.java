package io.rookery.samples.shop;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Collects where two things that should be equal are not; keeps the first hundred in words and counts the rest. */
final class Differences {
    private static final int KEPT = 100;

    private final List<String> found = new ArrayList<>();
    private long count;

    void add(String difference) {
        count++;
        if (found.size() < KEPT) {
            found.add(difference);
        }
    }

    long count() {
        return count;
    }

    List<String> found() {
        return List.copyOf(found);
    }

    /** Compares values as {@link ShopSource} normalises them with values read from JSON; a field that is null is absent. */
    void compare(String where, Object expected, Object actual) {
        if (expected instanceof Map<?, ?> map && actual instanceof Map<?, ?> other) {
            Set<String> names = new TreeSet<>();
            map.keySet().forEach(name -> names.add((String) name));
            other.keySet().forEach(name -> names.add((String) name));
            names.remove("@metadata");
            names.forEach(name -> compare(where + '.' + name, map.get(name), other.get(name)));
        } else if (expected instanceof List<?> list && actual instanceof List<?> other) {
            if (list.size() != other.size()) {
                add(where + ": expected " + list.size() + " items but found " + other.size());
                return;
            }
            for (int i = 0; i < list.size(); i++) {
                compare(where + '[' + i + ']', list.get(i), other.get(i));
            }
        } else if (!same(expected, actual)) {
            add(where + ": expected " + expected + " but found " + actual);
        }
    }

    private static boolean same(Object expected, Object actual) {
        if (expected instanceof Instant time && actual instanceof String text) {
            try {
                return OffsetDateTime.parse(text).toInstant().equals(time);
            } catch (DateTimeException e) {
                return false;
            }
        }
        return java.util.Objects.equals(expected, actual);
    }
}
