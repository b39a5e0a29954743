package io.rookery.store;

import io.rookery.store.rocks.RocksBatch;
import io.rookery.store.rocks.RocksCursor;
import io.rookery.store.rocks.RocksStore;
import io.rookery.store.rocks.RocksView;
import io.rookery.store.rocks.Space;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The writes of one log entry before they take effect: reads through it see them, and each keeps the state's sum right.
 * Belongs to the apply thread.
 */
final class Draft implements AutoCloseable {
    /** Compared by identity: a stored value may be empty too. */
    private static final byte[] ABSENT = new byte[0];

    private final RocksStore rocks;
    private final RocksBatch batch;
    private final StateSum sum;
    /** What was read or written so far. Looked up only, never walked: its order cannot reach the bytes. */
    private final Map<Place, byte[]> known = new HashMap<>();
    /** Keys of the state that are walked in order: true for those written here, false for those deleted here. */
    private final NavigableMap<byte[], Boolean> ordered = new TreeMap<>(Arrays::compareUnsigned);

    Draft(RocksStore rocks, StateSum sum) {
        this.rocks = rocks;
        this.batch = rocks.batch();
        this.sum = sum;
    }

    /** Null when absent. */
    byte[] get(Space space, byte[] key) {
        Place place = new Place(space, key);
        byte[] value = known.get(place);
        if (value == null) {
            byte[] stored = rocks.get(space, key);
            value = stored == null ? ABSENT : stored;
            known.put(place, value);
        }
        return value == ABSENT ? null : value;
    }

    /** Reads at once what will be asked for: nearly twice as fast as one by one. What was written here stays. */
    void prepare(Space space, List<byte[]> keys) {
        List<byte[]> values = rocks.get(space, keys);
        for (int i = 0; i < values.size(); i++) {
            known.putIfAbsent(new Place(space, keys.get(i)), values.get(i) == null ? ABSENT : values.get(i));
        }
    }

    void put(Space space, byte[] key, byte[] value) {
        byte[] old = get(space, key);
        if (old != null) {
            sum.subtract(space, key, old);
        }
        putNew(space, key, value);
    }

    /** For a key that is known to be absent, such as the next sequence number: saves the look. */
    void putNew(Space space, byte[] key, byte[] value) {
        sum.add(space, key, value);
        batch.put(space, key, value);
        known.put(new Place(space, key), value);
        order(space, key, true);
    }

    void delete(Space space, byte[] key) {
        byte[] old = get(space, key);
        if (old != null) {
            sum.subtract(space, key, old);
            batch.delete(space, key);
            known.put(new Place(space, key), ABSENT);
            order(space, key, false);
        }
    }

    private void order(Space space, byte[] key, boolean present) {
        if (space == Space.STATE && Keys.isOrdered(key)) {
            ordered.put(key, present);
        }
    }

    /** The first keys of a range of the state that is {@link Keys#isOrdered}, as this draft leaves it. */
    List<byte[]> first(byte[] from, byte[] upTo, int limit) {
        NavigableMap<byte[], Boolean> here = ordered.subMap(from, true, upTo, false);
        NavigableSet<byte[]> found = new TreeSet<>(Arrays::compareUnsigned);
        here.forEach((key, present) -> {
            if (present) {
                found.add(key);
            }
        });
        int stored = 0;
        try (RocksView view = rocks.view();
                RocksCursor cursor = view.cursor(Space.STATE, from, upTo)) {
            while (stored < limit && cursor.next()) {
                byte[] key = cursor.key();
                if (!here.containsKey(key)) {
                    found.add(key);
                    stored++;
                }
            }
        }
        return found.stream().limit(limit).toList();
    }

    /** The first keys of a range as they are stored, without what this draft did: ask for each. */
    List<byte[]> stored(Space space, byte[] from, byte[] upTo, int limit) {
        List<byte[]> keys = new ArrayList<>();
        try (RocksView view = rocks.view();
                RocksCursor cursor = view.cursor(space, from, upTo)) {
            while (keys.size() < limit && cursor.next()) {
                keys.add(cursor.key());
            }
        }
        return keys;
    }

    /** Whether anything is in a space, as this draft leaves it. */
    boolean hasAny(Space space) {
        for (Map.Entry<Place, byte[]> one : known.entrySet()) {
            if (one.getKey().space() == space && one.getValue() != ABSENT) {
                return true;
            }
        }
        byte[] from = new byte[0];
        List<byte[]> keys;
        do {
            keys = stored(space, from, null, 100);
            for (byte[] key : keys) {
                if (get(space, key) != null) {
                    return true;
                }
                from = Keys.behind(key);
            }
        } while (!keys.isEmpty());
        return false;
    }

    /** The batch with the applied place in it. */
    RocksBatch finish(AppliedRecord applied) {
        batch.put(Space.STATE, Keys.APPLIED, applied.write());
        return batch;
    }

    @Override
    public void close() {
        batch.close();
    }

    private record Place(Space space, byte[] key) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Place that && space == that.space && Arrays.equals(key, that.key);
        }

        @Override
        public int hashCode() {
            // FNV-1a: consecutive sequence numbers would collide in the usual sum of powers of 31
            int hash = 0x811c9dc5 ^ space.number();
            for (byte b : key) {
                hash = (hash ^ b) * 0x01000193;
            }
            return hash;
        }
    }
}
