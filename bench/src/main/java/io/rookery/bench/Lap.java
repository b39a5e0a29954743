package io.rookery.bench;

import java.time.Duration;

/** A piece of work of fixed size that is done again and again. */
@FunctionalInterface
interface Lap {
    /** What a lap did in which time: preparation does not count. */
    record Done(long units, long nanos) {}

    Done run() throws Exception;

    /** As many whole laps as begin within the time, at least one. */
    static Duel.Side laps(Lap lap) {
        return duration -> {
            long units = 0;
            long nanos = 0;
            long end = System.nanoTime() + duration.toNanos();
            do {
                Done done = lap.run();
                units += done.units();
                nanos += done.nanos();
            } while (System.nanoTime() < end);
            return units * 1e9 / nanos(nanos);
        };
    }

    private static double nanos(long nanos) {
        return Math.max(1, nanos);
    }

    /** Waits by looking often: what is waited for takes long in comparison. */
    static void await(java.util.concurrent.Callable<Boolean> condition, Duration patience) throws Exception {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!condition.call()) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("Nothing came within " + patience);
            }
            java.util.concurrent.locks.LockSupport.parkNanos(1_000_000L);
        }
    }
}
