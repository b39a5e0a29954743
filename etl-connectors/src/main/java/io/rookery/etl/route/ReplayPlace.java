package io.rookery.etl.route;

import io.rookery.api.ChangeFeed;
import io.rookery.api.ErrorCode;
import io.rookery.api.FeedPage;
import io.rookery.api.FeedRequest;
import io.rookery.api.RookeryException;

/** Finds the sequence number behind which a replay goes on. */
final class ReplayPlace {
    private ReplayPlace() {}

    static long find(ReplayFrom from, ChangeFeed feed, long now) {
        if (from instanceof ReplayFrom.Sequence place) {
            return Math.max(0, place.sequence() - 1);
        }
        return from instanceof ReplayFrom.Ago ago
                ? before(feed, now - ago.duration().toMillis())
                : 0;
    }

    /** By halving: stamps rise with sequence numbers, but for what clocks of several nodes differ by. */
    private static long before(ChangeFeed feed, long timestamp) {
        long low = 0;
        long high = page(feed, 0).head();
        while (low < high) {
            long middle = (low + high) >>> 1;
            if (isEarlier(feed, middle, timestamp)) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** Whether the first change behind the place was committed before the timestamp. */
    private static boolean isEarlier(ChangeFeed feed, long place, long timestamp) {
        try {
            FeedPage page = page(feed, place);
            return !page.changes().isEmpty() && page.changes().get(0).timestamp() < timestamp;
        } catch (RookeryException e) {
            if (e.code() == ErrorCode.GONE) {
                return true;
            }
            throw e;
        }
    }

    private static FeedPage page(ChangeFeed feed, long after) {
        return feed.read(new FeedRequest(after, 1, 1, null, false));
    }
}
