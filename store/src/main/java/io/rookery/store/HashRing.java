package io.rookery.store;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** The state's hashes after the last {@value #KEPT} entries, in memory. One thread adds, any thread asks. */
final class HashRing {
    static final int KEPT = 10_000;

    private final AtomicReferenceArray<StateHash> hashes = new AtomicReferenceArray<>(KEPT);

    void add(StateHash hash) {
        if (hash.index() >= 0) {
            hashes.set(slot(hash.index()), hash);
        }
    }

    Optional<StateHash> at(long index) {
        return index < 0
                ? Optional.empty()
                : Optional.ofNullable(hashes.get(slot(index))).filter(hash -> hash.index() == index);
    }

    private static int slot(long index) {
        return (int) (index % KEPT);
    }
}
