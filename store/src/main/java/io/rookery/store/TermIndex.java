package io.rookery.store;

/** A place in the Raft log. {@code (0, -1)} is before the first entry. */
public record TermIndex(long term, long index) {
    public static final TermIndex NONE = new TermIndex(0, -1);
}
