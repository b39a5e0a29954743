package io.rookery.etl.task;

import io.rookery.api.Setting;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * When a batch is full.
 *
 * @param max changes
 * @param bytes of the documents' JSON
 * @param linger between the beginnings of two batches that are not full; after a rest a change goes at once
 */
public record BatchPolicy(int max, long bytes, Duration linger) {
    public static final BatchPolicy DEFAULT = new BatchPolicy(1_000, 8L << 20, Duration.ofMillis(20));

    private static final Pattern SIZE = Pattern.compile("(\\d{1,9})\\s*(KB|MB)");

    /** Reads {@code batch:}. */
    static BatchPolicy of(Setting setting) {
        setting.only("max", "bytes", "wait");
        return new BatchPolicy(
                setting.find("max").map(max -> max.integer(1, 100_000)).orElse(DEFAULT.max),
                setting.find("bytes").map(BatchPolicy::size).orElse(DEFAULT.bytes),
                setting.find("wait").map(Setting::duration).orElse(DEFAULT.linger));
    }

    private static long size(Setting setting) {
        Matcher matcher = SIZE.matcher(setting.text().trim());
        if (!matcher.matches()) {
            throw setting.error("Expected a size like 512KB or 8MB but found '" + setting.text() + "'");
        }
        long size = Long.parseLong(matcher.group(1)) << (matcher.group(2).equals("KB") ? 10 : 20);
        if (size < 1 << 10 || size > 64 << 20) {
            throw setting.error("Expected a size from 1KB to 64MB but found '" + setting.text() + "'");
        }
        return size;
    }
}
