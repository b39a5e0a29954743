package io.rookery.cluster;

import io.rookery.store.Command;
import io.rookery.store.Outcome;
import io.rookery.store.StoreStatistics;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves the feed's window on each shard that this node leads, as far as {@link FeedWindow} says. The times and places are decided here and go into the command: apply has no clock.
 */
final class CompactionDriver {
    private static final Logger LOG = LoggerFactory.getLogger(CompactionDriver.class);
    /** Idempotency keys are promised for a day; an hour more for clocks that differ. */
    private static final long IDEMPOTENCY_MILLIS = TimeUnit.HOURS.toMillis(25);

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

    /**
     * One look; submits what is due, bounded. Blocks until it is applied.
     *
     * @param backedUp see {@link FeedWindow#versionsBefore}
     */
    void round(long now, long backedUp) {
        FeedWindow feed = FeedWindow.of(store, now);
        StoreStatistics statistics = feed.statistics();
        long window = feed.versionsBefore(backedUp);
        long tombstones = feed.tombstonesBefore();
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
}
