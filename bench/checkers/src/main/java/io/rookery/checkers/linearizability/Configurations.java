package io.rookery.checkers.linearizability;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A set of configurations without those that another one makes needless: with the same operations done and the same
 * value, whoever used fewer of the operations that need not take effect can go on in every way that the other can.
 */
final class Configurations {
    /** More than this is a test with too many unknown outcomes. */
    private static final int MOST = 1_000_000;

    private final Map<Configuration.Key, List<Configuration>> byKey = new HashMap<>();
    private int size;

    /** False when it, or a better one, is there. */
    boolean add(Configuration configuration) {
        List<Configuration> same = byKey.computeIfAbsent(configuration.key(), absent -> new ArrayList<>(1));
        for (Configuration other : same) {
            if (isSubset(other.unheard(), configuration.unheard())) {
                return false;
            }
        }
        size -= same.size();
        same.removeIf(other -> isSubset(configuration.unheard(), other.unheard()));
        same.add(configuration);
        size += same.size();
        if (size > MOST) {
            throw new IllegalStateException("Gave up on a register with " + MOST
                    + " ways in which it can have come about: too many operations have no known outcome");
        }
        return true;
    }

    private static boolean isSubset(BitSet less, BitSet more) {
        BitSet beyond = (BitSet) less.clone();
        beyond.andNot(more);
        return beyond.isEmpty();
    }

    boolean isEmpty() {
        return size == 0;
    }

    List<Configuration> toList() {
        return byKey.values().stream().flatMap(List::stream).toList();
    }
}
