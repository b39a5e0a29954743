package io.rookery.cluster.topology;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Which shard a text (a document's id, a compare-exchange key, an identity's prefix) belongs to: its hash is one of
 * {@value #COUNT} slots, and slots belong to shards in ranges. The hash never changes; ranges may.
 *
 * @param ranges in order and without a gap, from slot 0 to the last
 */
public record Slots(List<Range> ranges) {
    /** As many as RavenDB has buckets. Only ranges are stored, so many cost nothing, and one holds little that must stay together. */
    public static final int COUNT = 1 << 20;

    /** What stands behind the last one alone decides the slot: {@code orders/1$customers/7} is where {@code customers/7} is. */
    public static final char ANCHOR = '$';

    /** Everything on shard 0. */
    public static final Slots ONE = even(1);

    /** @param from the first slot; the range ends before the next one's */
    public record Range(int from, int shard) {}

    public Slots {
        ranges = List.copyOf(ranges);
        if (ranges.isEmpty() || ranges.get(0).from() != 0) {
            throw new IllegalArgumentException("Expected ranges of slots from 0 on but found " + ranges);
        }
        for (int i = 1; i < ranges.size(); i++) {
            int from = ranges.get(i).from();
            if (from <= ranges.get(i - 1).from() || from >= COUNT) {
                throw new IllegalArgumentException("Expected ranges of slots in order, below " + COUNT + ": " + ranges);
            }
        }
    }

    /** As many slots for one shard as for another. */
    public static Slots even(int shards) {
        List<Range> ranges = new ArrayList<>();
        for (int shard = 0; shard < shards; shard++) {
            ranges.add(new Range((int) ((long) COUNT * shard / shards), shard));
        }
        return new Slots(ranges);
    }

    /** CRC-32C of the text's UTF-8 bytes, or of those behind its last {@code $}, without the upper bits. */
    public static int slot(String text) {
        int anchor = text.lastIndexOf(ANCHOR);
        // one that ends the text names nothing
        String placed = anchor >= 0 && anchor < text.length() - 1 ? text.substring(anchor + 1) : text;
        CRC32C crc = new CRC32C();
        crc.update(placed.getBytes(StandardCharsets.UTF_8));
        return (int) crc.getValue() & (COUNT - 1);
    }

    public int shardOf(String text) {
        if (ranges.size() == 1) {
            return ranges.get(0).shard();
        }
        int slot = slot(text);
        int low = 0;
        int high = ranges.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (ranges.get(middle).from() <= slot) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return ranges.get(low).shard();
    }

    /** A shard's slots, each range with its first and its last. */
    public List<List<Integer>> of(int shard) {
        List<List<Integer>> found = new ArrayList<>();
        for (int i = 0; i < ranges.size(); i++) {
            if (ranges.get(i).shard() == shard) {
                int end = i + 1 < ranges.size() ? ranges.get(i + 1).from() : COUNT;
                found.add(List.of(ranges.get(i).from(), end - 1));
            }
        }
        return found;
    }
}
