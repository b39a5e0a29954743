package io.rookery.etl.route;

import io.rookery.api.ChangeFeed;
import io.rookery.api.FeedPage;
import io.rookery.api.FeedRequest;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads and prepares the page behind the one that the target is taking, on a thread of its own: one page, no more. All
 * methods belong to the task's thread. What fails ahead is forgotten: in its turn it is done again, where failures are
 * handled.
 */
final class ReadAhead {
    private static final Logger LOG = LoggerFactory.getLogger(ReadAhead.class);
    private static final long IDLE_SECONDS = 10;

    private final ChangeFeed feed;
    private final ThreadPoolExecutor thread;
    private FutureTask<PreparedPage> ahead;
    private long after;

    ReadAhead(String unit, ChangeFeed feed) {
        this.feed = feed;
        thread = new ThreadPoolExecutor(1, 1, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), work -> {
            Thread made = new Thread(work, "rookery-" + unit + "-ahead");
            made.setDaemon(true);
            return made;
        });
        thread.allowCoreThreadTimeOut(true); // most tasks wait for changes most of the time
    }

    /** Begins with the page that the request asks for, unless there is one already. */
    void begin(FeedRequest request, Function<FeedPage, PreparedPage> preparation) {
        if (ahead == null) {
            after = request.after();
            ahead = new FutureTask<>(() -> {
                FeedPage page = feed.read(request);
                // the feed's end is read in its turn: by then more may have come
                return page.last() < page.head() ? preparation.apply(page) : null;
            });
            thread.execute(ahead);
        }
    }

    /** The page behind {@code position}, if it is here; waits for the thread, which rests afterwards. */
    Optional<PreparedPage> take(long position) {
        PreparedPage page = rest();
        boolean fits = after == position;
        ahead = null;
        return fits ? Optional.ofNullable(page) : Optional.empty();
    }

    /** Waits until the thread does nothing; what it has prepared stays. */
    PreparedPage rest() {
        if (ahead == null) {
            return null;
        }
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return ahead.get();
                } catch (InterruptedException e) {
                    interrupted = true; // steps end by their own limits, and what they use must not be closed before
                } catch (ExecutionException e) {
                    LOG.debug("Reading ahead of {} failed", after, e);
                    return null;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Forgets the page. */
    void drop() {
        rest();
        ahead = null;
    }
}
