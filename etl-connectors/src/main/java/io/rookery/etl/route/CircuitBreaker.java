package io.rookery.etl.route;

import io.rookery.api.ErrorCode;
import io.rookery.etl.task.ErrorPolicy.Breaker;

/** Counts changes that were rejected against those that were seen. One thread. */
public final class CircuitBreaker {
    private final Breaker limit;
    private long seen;
    private long rejected;

    public CircuitBreaker(Breaker limit) {
        this.limit = limit;
    }

    /** A window is counted in halves, so that its beginning does not forget what just happened. */
    public void seen(int changes) {
        seen += changes;
        if (limit.window() > 0 && seen >= limit.window()) {
            seen /= 2;
            rejected /= 2;
        }
    }

    public void rejected(int changes, String lastError) {
        rejected += changes;
        if (rejected > limit.count()) {
            throw new StoppedException(
                    ErrorCode.CHANGE_REJECTED,
                    "Expected at most " + limit.count() + " rejected changes"
                            + (limit.window() > 0 ? " of " + limit.window() : "") + " (stop_after) but found "
                            + rejected
                            + "; the last one: " + lastError);
        }
    }
}
