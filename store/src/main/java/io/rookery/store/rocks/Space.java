package io.rookery.store.rocks;

import java.nio.charset.StandardCharsets;

/** A column family: keys of one kind, ordered by their bytes. Few, because every flush writes a file of each. */
public enum Space {
    STATE(0, "default"),
    DOCUMENTS(1, "docs"),
    FEED(2, "feed"),
    HISTORY(3, "history"),
    ENTRIES(4, "entries");

    private final int number;
    private final String family;

    Space(int number, String family) {
        this.number = number;
        this.family = family;
    }

    /** Stands for the space in the state's hash: never changes. */
    public int number() {
        return number;
    }

    byte[] family() {
        return family.getBytes(StandardCharsets.UTF_8);
    }
}
