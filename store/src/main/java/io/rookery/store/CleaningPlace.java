package io.rookery.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;

/**
 * How far a shard has removed what it no longer has since a split. Not stored when there is nothing left to remove.
 *
 * @param phase what is walked: 0 the feed, 1 compare-exchange values, 2 identities, 3 revisions of documents that are gone
 * @param sequence of the feed that comes next
 * @param after the last key that was looked at in the other phases
 */
record CleaningPlace(int phase, long sequence, String after) {
    static final CleaningPlace BEGINNING = new CleaningPlace(0, 1, "");
    static final int PHASES = 4;

    /** @param value null when there is nothing to remove */
    static CleaningPlace read(byte[] value) {
        if (value == null) {
            return null;
        }
        ByteBuffer in = StoredFormat.read(value, "place of cleaning");
        int phase = in.get();
        long sequence = in.getLong();
        byte[] after = new byte[in.remaining()];
        in.get(after);
        return new CleaningPlace(phase, sequence, new String(after, UTF_8));
    }

    byte[] write() {
        byte[] text = after.getBytes(UTF_8);
        return ByteBuffer.allocate(2 + Long.BYTES + text.length)
                .put(StoredFormat.ONE)
                .put((byte) phase)
                .putLong(sequence)
                .put(text)
                .array();
    }
}
