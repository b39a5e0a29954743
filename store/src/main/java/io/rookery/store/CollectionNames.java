package io.rookery.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.rookery.store.rocks.RocksCursor;
import io.rookery.store.rocks.RocksView;
import io.rookery.store.rocks.Space;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Numbers for the names of collections, in the order in which they were first used, and how many documents each has.
 * The apply thread changes it; any thread asks for names.
 */
final class CollectionNames {
    private final Map<String, Integer> numbers = new ConcurrentHashMap<>();
    private final Map<Integer, String> names = new ConcurrentHashMap<>();
    private final Map<Integer, Long> counts = new ConcurrentHashMap<>();
    private final TreeMap<Integer, Long> changed = new TreeMap<>();

    static CollectionNames load(RocksView view) {
        CollectionNames loaded = new CollectionNames();
        try (RocksCursor cursor = view.cursor(Space.STATE, Keys.kind('C'), Keys.kind('C' + 1))) {
            while (cursor.next()) {
                int number = ByteBuffer.wrap(cursor.key()).getInt(1);
                byte[] value = cursor.value();
                long count = StoredFormat.read(value, "collection").getLong();
                loaded.remember(number, new String(value, 9, value.length - 9, UTF_8));
                loaded.counts.put(number, count);
            }
        }
        return loaded;
    }

    /** The name's number; a new name gets the next one. Apply thread only. */
    int number(String name) {
        Integer known = numbers.get(name);
        if (known != null) {
            return known;
        }
        int next = names.size();
        remember(next, name);
        return next;
    }

    /** Null when no document ever was in it. */
    Integer knownNumber(String name) {
        return numbers.get(name);
    }

    String name(int number) {
        return names.get(number);
    }

    /** Counts a document in or out. Apply thread only. */
    void count(int number, int difference) {
        changed.put(number, counts.merge(number, (long) difference, Long::sum));
    }

    /** Writes what {@link #count} changed since the last call. */
    void save(Draft draft) {
        changed.forEach((number, count) -> {
            byte[] name = names.get(number).getBytes(UTF_8);
            draft.put(
                    Space.STATE,
                    Keys.collection(number),
                    ByteBuffer.allocate(9 + name.length)
                            .put(StoredFormat.ONE)
                            .putLong(count)
                            .put(name)
                            .array());
        });
        changed.clear();
    }

    /** Counts of a moment by name; empty collections are left out. */
    static Map<String, Long> counts(RocksView view) {
        CollectionNames then = load(view);
        Map<String, Long> byName = new TreeMap<>();
        then.counts.forEach((number, count) -> {
            if (count > 0) {
                byName.put(then.name(number), count);
            }
        });
        return byName;
    }

    private void remember(int number, String name) {
        names.put(number, name);
        numbers.put(name, number);
    }
}
