package io.rookery.etl.mirror;

import io.rookery.etl.route.CircuitBreaker;
import io.rookery.etl.route.StoppedException;
import io.rookery.etl.task.ErrorPolicy;
import io.rookery.etl.task.ErrorPolicy.Poison;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One task's {@code on_error} for documents that cannot be built; counts them for {@code stop_after}. One thread. */
final class Rejections {
    private static final Logger LOG = LoggerFactory.getLogger(Rejections.class);

    private final String task;
    private final ErrorPolicy policy;
    private CircuitBreaker breaker;

    Rejections(String task, ErrorPolicy policy) {
        this.task = task;
        this.policy = policy;
        reset();
    }

    /** After an operator said to go on. */
    void reset() {
        breaker = new CircuitBreaker(policy.breaker());
    }

    void seen(int documents) {
        breaker.seen(documents);
    }

    /**
     * Whether a document that cannot be built is parked; otherwise it stays as it is.
     *
     * @throws TaskStopped when the policy says so
     */
    boolean parks(String id, String error) {
        if (policy.poison() == Poison.STOP) {
            throw new TaskStopped(task, "The document " + id + " cannot be built (poison: stop): " + error);
        }
        try {
            breaker.rejected(1, error);
        } catch (StoppedException e) {
            throw new TaskStopped(task, e.getMessage());
        }
        boolean park = policy.poison() == Poison.PARK;
        LOG.warn("Task {}: document {} is {}: {}", task, id, park ? "parked" : "skipped", error);
        return park;
    }
}
