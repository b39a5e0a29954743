package io.rookery.bench.faults;

import java.util.Optional;

/** One kind of fault. */
interface Nemesis {
    String name();

    /** Why it cannot be had here; empty when it can. */
    default Optional<String> hindrance(Stage stage) {
        return Optional.empty();
    }

    /** Does it, lets it last, and takes it back; proves to the incident that it happened. */
    void strike(Stage stage, Incident incident);

    /** Most nodes that there are while it does what it does. */
    default int nodesAtMost(int before) {
        return before;
    }

    /** Whether it is no fault but something that operators do under load: clients must not feel it for longer than an election. */
    default boolean isOperation() {
        return false;
    }

    /** Whether a second time there would be nothing left to do. */
    default boolean isOnce() {
        return false;
    }

    /** Whether the node may end by itself under it. */
    default boolean mayEndNodes() {
        return false;
    }
}
