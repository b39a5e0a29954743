package io.rookery.store.rocks;

import java.nio.charset.StandardCharsets;

/** A column family: keys of one kind, ordered by their bytes. Few, because every flush writes a file of each. */
public enum Space {
    STATE("default"),
    DOCUMENTS("docs"),
    FEED("feed"),
    HISTORY("history"),
    ENTRIES("entries");

    private final String family;

    Space(String family) {
        this.family = family;
    }

    byte[] family() {
        return family.getBytes(StandardCharsets.UTF_8);
    }
}
