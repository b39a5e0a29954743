package io.rookery.cluster;

import io.rookery.api.ErrorCode;
import io.rookery.api.FeedPage;
import io.rookery.api.FeedRequest;
import io.rookery.api.RookeryException;
import io.rookery.store.Command;
import io.rookery.store.Outcome;
import io.rookery.store.StoreStatistics;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves the feed's window on each shard that this node leads. The window reaches back to the slowest task, but no longer
 * than a day and no further than a number of versions; tombstones stay a day at least, and until every task has passed.
 * The times and places are decided here and go into the command: apply has no clock.
 */
final class CompactionDriver {
    private static final Logger LOG = LoggerFactory.getLogger(CompactionDriver.class);
    private static final long WINDOW_MILLIS = TimeUnit.HOURS.toMillis(24);
    /** Idempotency keys are promised for a day; an hour more for clocks that differ. */
    private static final long IDEMPOTENCY_MILLIS = TimeUnit.HOURS.toMillis(25);

    private static final long MOST_VERSIONS = 2_000_000;
    /** Not worth a log entry below this. */
    private static final long LEAST_STEP = 1_000;

    private static final int LIMIT = 2_000;
    private static final int MOST_COMMANDS = 50;

    private final ReplicatedStore store;
    private long idempotencyDone;
    private long tombstonesDone;

    CompactionDriver(ReplicatedStore store) {
        this.store = store;
    }

    /** One look; submits what is due, bounded. Blocks until it is applied. */
    void round(long now) {
        StoreStatistics statistics = store.statistics();
        long yesterday = sequenceAt(statistics, now - WINDOW_MILLIS);
        long window = Math.max(statistics.oldestCheckpoint(), Math.max(yesterday, statistics.head() - MOST_VERSIONS));
        long tombstones = Math.min(statistics.oldestCheckpoint(), yesterday);
        boolean due = window - statistics.windowStart() >= LEAST_STEP
                || (statistics.tombstones() > 0 && tombstones - tombstonesDone >= LEAST_STEP)
                || (statistics.head() > 0 && now - idempotencyDone >= TimeUnit.HOURS.toMillis(1));
        if (!due) {
            return;
        }
        long idempotency = Math.max(0, now - IDEMPOTENCY_MILLIS);
        Command.Compact command =
                new Command.Compact(Math.max(window, statistics.windowStart()), tombstones, idempotency, LIMIT);
        for (int i = 0; i < MOST_COMMANDS; i++) {
            Outcome outcome =
                    store.submit(command).orTimeout(30, TimeUnit.SECONDS).join();
            if (!(outcome instanceof Outcome.Compacted compacted) || !compacted.more()) {
                idempotencyDone = now;
                tombstonesDone = tombstones;
                return;
            }
        }
        LOG.debug(
                "{} has more to compact; going on in the next round",
                store.definition().database());
    }

    /** Last sequence number whose change is older than {@code time}; 0 when none is. */
    private long sequenceAt(StoreStatistics statistics, long time) {
        long low = 0;
        long high = statistics.head();
        while (low < high) {
            long middle = low + (high - low) / 2;
            if (changedAfter(middle, time)) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    /** Whether the first change behind the place is younger than the time; true where there is none. */
    private boolean changedAfter(long place, long time) {
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
