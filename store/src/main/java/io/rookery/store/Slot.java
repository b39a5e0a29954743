package io.rookery.store;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/** Where a text (a document's id, a compare-exchange key, an identity's prefix) belongs: one of {@value #COUNT} slots, for ever the same. */
public final class Slot {
    /** As many as RavenDB has buckets. Only ranges are stored, so many cost nothing, and one holds little that must stay together. */
    public static final int COUNT = 1 << 20;

    /** What stands behind the last one alone decides the slot: {@code orders/1$customers/7} is where {@code customers/7} is. */
    public static final char ANCHOR = '$';

    private Slot() {}

    /** CRC-32C of the text's UTF-8 bytes, or of those behind its last {@code $}, without the upper bits. */
    public static int of(String text) {
        int anchor = text.lastIndexOf(ANCHOR);
        // one that ends the text names nothing
        String placed = anchor >= 0 && anchor < text.length() - 1 ? text.substring(anchor + 1) : text;
        CRC32C crc = new CRC32C();
        crc.update(placed.getBytes(StandardCharsets.UTF_8));
        return (int) crc.getValue() & (COUNT - 1);
    }
}
