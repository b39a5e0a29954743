package io.rookery.bench.faults;

import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/** Texts that put a document into a certain shard, behind a {@code $} at the end of its id; by the slots that the cluster shows. */
final class Anchors {
    private static final int SLOTS = 1 << 20;

    private Anchors() {}

    /** @param databases what {@code GET /databases} answered */
    static String of(Answer databases, int shard) {
        return in(ranges(databases, shard));
    }

    /** Of the slots that a split of the shard moves: the upper half of its biggest range. */
    static String ofUpperHalf(Answer databases, int shard) {
        List<Long> biggest = ranges(databases, shard).stream()
                .max(Comparator.comparingLong(range -> range.get(1) - range.get(0)))
                .orElseThrow();
        return in(List.of(List.of((biggest.get(0) + biggest.get(1) + 1) / 2, biggest.get(1))));
    }

    private static String in(List<List<Long>> ranges) {
        int number = 0;
        while (!contains(ranges, slot("anchor" + number))) {
            number++;
        }
        return "anchor" + number;
    }

    static int slot(String text) {
        CRC32C crc = new CRC32C();
        crc.update(text.getBytes(StandardCharsets.UTF_8));
        return (int) crc.getValue() & (SLOTS - 1);
    }

    private static boolean contains(List<List<Long>> ranges, int slot) {
        return ranges.stream().anyMatch(range -> range.get(0) <= slot && slot <= range.get(1));
    }

    @SuppressWarnings("unchecked")
    private static List<List<Long>> ranges(Answer databases, int shard) {
        return ((List<Map<String, Object>>) databases.json().get("databases"))
                .stream()
                        .filter(database -> Cluster.DATABASE.equals(database.get("name")))
                        .flatMap(database -> ((List<Map<String, Object>>) database.get("shards")).stream())
                        .filter(one -> one.get("number") instanceof Long number && number == shard)
                        .map(one -> (List<List<Long>>) one.get("slots"))
                        // a release that knows no slots knows one shard only
                        .filter(java.util.Objects::nonNull)
                        .findFirst()
                        .orElse(List.of(List.of(0L, SLOTS - 1L)));
    }
}
