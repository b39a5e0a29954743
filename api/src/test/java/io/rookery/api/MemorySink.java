package io.rookery.api;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** An exactly-once sink into a {@link MemoryTarget}, which can be told to fail. */
public final class MemorySink implements Sink {
    private final MemoryTarget target;
    private final AtomicInteger failures = new AtomicInteger();
    private final AtomicInteger openFailures = new AtomicInteger();
    private volatile Predicate<Change> rejected = change -> false;
    private volatile long epoch = -1;

    public MemorySink() {
        this(new MemoryTarget());
    }

    public MemorySink(MemoryTarget target) {
        this.target = target;
    }

    public MemoryTarget target() {
        return target;
    }

    /** The next writes fail as a target that is away. */
    public MemorySink failWrites(int times) {
        failures.set(times);
        return this;
    }

    /** The next openings fail as a target that is away. */
    public MemorySink failOpens(int times) {
        openFailures.set(times);
        return this;
    }

    /** Changes that the target will never take; replaces what was said before. */
    public MemorySink reject(Predicate<Change> changes) {
        rejected = changes;
        return this;
    }

    @Override
    public Checkpoint open(long newEpoch) {
        failWhenTold(openFailures);
        Checkpoint checkpoint = target.open(newEpoch);
        epoch = newEpoch;
        return checkpoint;
    }

    @Override
    public void write(Batch batch) {
        if (epoch < 0) {
            throw new IllegalStateException("Expected an open sink for the task " + batch.task());
        }
        failWhenTold(failures);
        for (Change change : batch.changes()) {
            if (rejected.test(change)) {
                throw new RejectedChangeException(
                        change.sequence(), "The target was told to reject " + change.id(), null);
            }
        }
        target.commit(epoch, batch);
    }

    private static void failWhenTold(AtomicInteger times) {
        if (times.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            throw new TransientSinkException("The target was told to be away", null);
        }
    }

    @Override
    public void close() {
        epoch = -1;
    }
}
