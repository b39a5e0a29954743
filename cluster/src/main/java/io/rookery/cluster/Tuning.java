package io.rookery.cluster;

import java.util.function.Consumer;

/**
 * What only tests change.
 *
 * @param snapshotEntries log entries, or {@code snapshotBytes} of them, after which a checkpoint is taken
 * @param keptEntries log entries, at most {@code keptBytes} of them, that stay behind a checkpoint, so that a slow
 *     follower does not need a snapshot
 * @param segmentBytes size of a log segment; the log is purged by whole segments
 * @param flushMillis the store is flushed at least this often while it changes
 * @param silenceMillis a node that answered nothing for so long loses its tasks
 * @param farEntries a replica that is further behind is presumed stale
 * @param fatal told why this process must not go on
 */
record Tuning(
        int snapshotEntries,
        long snapshotBytes,
        int keptEntries,
        long keptBytes,
        int segmentBytes,
        long flushMillis,
        long silenceMillis,
        long farEntries,
        Consumer<String> fatal) {

    static final Tuning PRODUCTION =
            new Tuning(20_000, 64L << 20, 20_000, 128L << 20, 8 << 20, 20_000, 3_000, 20_000, Tuning::halt);

    /** Ends the process at once: whatever is not on disk by now is in the log, and a supervisor starts it again. */
    @SuppressWarnings("SystemOut") // the log's own threads may be what is broken
    private static void halt(String message) {
        System.err.println("FATAL: " + message);
        System.err.flush();
        Runtime.getRuntime().halt(70);
    }
}
