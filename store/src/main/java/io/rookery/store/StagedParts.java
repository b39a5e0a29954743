package io.rookery.store;

import java.nio.ByteBuffer;
import java.util.UUID;

/**
 * Which parts of one command are kept: all before {@code next}. Only the leader that began it can end it, so it stays for
 * that leader's term and for no more than some entries.
 *
 * @param since place of its first part
 */
record StagedParts(UUID whole, TermIndex since, int next, int count) {
    /** A leader appends the parts one behind the other; what else it appends meanwhile is little. */
    static final int MOST_ENTRIES = 1_000;

    static StagedParts begin(Command.Part first, TermIndex at) {
        return new StagedParts(first.whole(), at, 1, first.count());
    }

    boolean canGoOn(TermIndex at) {
        return at.term() == since.term() && at.index() - since.index() <= MOST_ENTRIES;
    }

    boolean isNext(Command.Part part) {
        return part.whole().equals(whole) && part.number() == next && part.count() == count;
    }

    StagedParts oneMore() {
        return new StagedParts(whole, since, next + 1, count);
    }

    /** @param value null where nothing is staged */
    static StagedParts read(byte[] value) {
        if (value == null) {
            return null;
        }
        ByteBuffer in = StoredFormat.read(value, "record of parts");
        return new StagedParts(
                new UUID(in.getLong(), in.getLong()),
                new TermIndex(in.getLong(), in.getLong()),
                in.getInt(),
                in.getInt());
    }

    byte[] write() {
        return ByteBuffer.allocate(1 + 4 * Long.BYTES + 2 * Integer.BYTES)
                .put(StoredFormat.ONE)
                .putLong(whole.getMostSignificantBits())
                .putLong(whole.getLeastSignificantBits())
                .putLong(since.term())
                .putLong(since.index())
                .putInt(next)
                .putInt(count)
                .array();
    }
}
