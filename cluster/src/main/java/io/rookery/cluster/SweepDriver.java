package io.rookery.cluster;

import io.rookery.store.Command;
import io.rookery.store.Outcome;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has a shard that this node leads do what is due by itself, as its database is configured: the time goes into the
 * command, because apply has no clock. Bounded in each round; nothing is written where nothing is due.
 */
final class SweepDriver {
    private static final Logger LOG = LoggerFactory.getLogger(SweepDriver.class);
    private static final int LIMIT = 500;
    private static final int MOST_COMMANDS = 20;

    private final ReplicatedStore store;
    private long expired;
    private long refreshed;

    SweepDriver(ReplicatedStore store) {
        this.store = store;
    }

    /** One look; submits what is due. Blocks until it is applied. */
    void round(long now, DatabaseSettings settings) {
        if (!store.revisionPolicy().equals(settings.revisions())) {
            apply(new Command.ConfigureRevisions(settings.revisions()));
        }
        boolean expire = isTime(settings.expiration(), expired, now);
        boolean refresh = isTime(settings.refresh(), refreshed, now);
        expired = expire ? now : expired;
        refreshed = refresh ? now : refreshed;
        long left = Math.min(
                expire ? settings.expiration().mostItems() : Long.MAX_VALUE,
                refresh ? settings.refresh().mostItems() : Long.MAX_VALUE);
        for (int i = 0; i < MOST_COMMANDS && left > 0 && store.isDue(now, expire, refresh); i++) {
            Outcome outcome = apply(new Command.Sweep(now, expire, refresh, (int) Math.min(LIMIT, left)));
            if (outcome instanceof Outcome.Swept swept) {
                left -= swept.expired() + swept.refreshed() + swept.exchanges();
                LOG.debug("{} swept: {}", store.definition().database(), swept);
            }
        }
    }

    private static boolean isTime(DatabaseSettings.Schedule schedule, long last, long now) {
        return !schedule.disabled() && now - last >= TimeUnit.SECONDS.toMillis(schedule.everySeconds());
    }

    private Outcome apply(Command command) {
        return store.submit(command).orTimeout(30, TimeUnit.SECONDS).join();
    }
}
