package io.rookery.cluster.topology;

import io.rookery.store.Slot;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Which shard a text (a document's id, a compare-exchange key, an identity's prefix) belongs to: its hash is one of
 * {@value #COUNT} slots, and slots belong to shards in ranges. The hash never changes; ranges may.
 *
 * @param ranges in order and without a gap, from slot 0 to the last
 */
public record Slots(List<Range> ranges) {
    /** As many as RavenDB has buckets. Only ranges are stored, so many cost nothing, and one holds little that must stay together. */
    public static final int COUNT = Slot.COUNT;

    /** What stands behind the last one alone decides the slot: {@code orders/1$customers/7} is where {@code customers/7} is. */
    public static final char ANCHOR = Slot.ANCHOR;

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
        return Slot.of(text);
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

    /** The upper half of the shard's biggest range, its first and its last slot; empty when it has no two slots side by side. */
    public Optional<List<Integer>> half(int shard) {
        return of(shard).stream()
                .max(Comparator.comparingInt(range -> range.get(1) - range.get(0)))
                .filter(range -> range.get(1) > range.get(0))
                .map(range -> List.of(range.get(0) + (range.get(1) - range.get(0) + 1) / 2, range.get(1)));
    }

    /** Whether all slots from the first to the last are one shard's. */
    public boolean has(int shard, int first, int last) {
        return of(shard).stream().anyMatch(range -> range.get(0) <= first && last <= range.get(1));
    }

    /** With the slots from the first to the last given to a shard. */
    public Slots given(int first, int last, int shard) {
        List<Range> changed = new ArrayList<>();
        for (int i = 0; i < ranges.size(); i++) {
            Range range = ranges.get(i);
            int end = i + 1 < ranges.size() ? ranges.get(i + 1).from() : COUNT;
            if (range.from() < first || range.from() > last) {
                add(changed, range);
            }
            if (range.from() <= first && first < end) {
                add(changed, new Range(first, shard));
            }
            if (range.from() <= last + 1 && last + 1 < end) {
                add(changed, new Range(last + 1, range.shard()));
            }
        }
        return new Slots(changed);
    }

    private static void add(List<Range> ranges, Range next) {
        if (ranges.isEmpty() || ranges.get(ranges.size() - 1).shard() != next.shard()) {
            ranges.add(next);
        }
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
