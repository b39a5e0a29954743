package io.rookery.store;

/** Hash of the whole replicated state after applying exactly {@code index}. Equal index, equal hash, on every replica. */
public record StateHash(long index, long high, long low) {
    @Override
    public String toString() {
        return String.format("%016x%016x", high, low);
    }
}
