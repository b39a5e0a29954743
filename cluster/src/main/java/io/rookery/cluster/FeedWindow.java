package io.rookery.cluster;

import io.rookery.api.Checkpoint;
import io.rookery.api.ErrorCode;
import io.rookery.api.FeedPage;
import io.rookery.api.FeedRequest;
import io.rookery.api.RookeryException;
import io.rookery.store.StoreStatistics;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * How far a shard's feed may be compacted now, and who holds it: the slowest task or the newest backup, for a day at most and for
 * a number of versions at most; tombstones stay until every task has passed, and for readers that nobody knows of a day at least.
 *
 * @param yesterday last sequence number that is older than the window; 0 when none is
 * @param tasks places of the tasks that the shard knows
 */
public record FeedWindow(StoreStatistics statistics, long yesterday, Map<String, Checkpoint> tasks) {
    public static final long WINDOW_MILLIS = TimeUnit.HOURS.toMillis(24);
    private static final long MOST_VERSIONS = 2_000_000;

    static FeedWindow of(ReplicatedStore store, long now) {
        StoreStatistics statistics = store.statistics();
        return new FeedWindow(statistics, sequenceAt(store, statistics, now - WINDOW_MILLIS), store.checkpoints());
    }

    /**
     * Behind this versions may go that have a later one.
     *
     * @param backedUp last place that the newest backup has; greater than all where no backup needs any
     */
    public long versionsBefore(long backedUp) {
        long held = Math.min(statistics.oldestCheckpoint(), backedUp);
        return Math.max(held, Math.max(yesterday, statistics.head() - MOST_VERSIONS));
    }

    /** Behind this tombstones may go. */
    public long tombstonesBefore() {
        return Math.min(statistics.oldestCheckpoint(), yesterday);
    }

    /** Last sequence number whose change is older than {@code time}; 0 when none is. */
    private static long sequenceAt(ReplicatedStore store, StoreStatistics statistics, long time) {
        long low = 0;
        long high = statistics.head();
        while (low < high) {
            long middle = low + (high - low) / 2;
            if (changedAfter(store, middle, time)) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    /** Whether the first change behind the place is younger than the time; true where there is none. */
    private static boolean changedAfter(ReplicatedStore store, long place, long time) {
        try {
            FeedPage page = store.read(new FeedRequest(place, 1, 1, null, false));
            return page.changes().isEmpty() || page.changes().get(0).timestamp() > time;
        } catch (RookeryException e) {
            if (e.code() == ErrorCode.GONE) {
                return false; // its tombstones went a day after they came
            }
            throw e;
        }
    }
}
