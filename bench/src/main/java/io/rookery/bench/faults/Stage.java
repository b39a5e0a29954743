package io.rookery.bench.faults;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/**
 * What a nemesis works with.
 *
 * @param random of the run's seed; the nemesis' thread alone uses it
 * @param firsts measures how soon writes are taken again
 * @param pulse what clients felt
 * @param shutdown program that cuts a volume's power; null for none
 */
record Stage(Cluster cluster, Network network, Random random, FirstSuccess firsts, Pulse pulse, String shutdown) {
    Member anyMember() {
        return cluster.any(random);
    }

    Member anyFollower() {
        var others = cluster.others(cluster.awaitLeader());
        return others.get(random.nextInt(others.size()));
    }

    /** Lets a fault last. */
    static void hold(Duration duration) {
        long deadline = System.nanoTime() + duration.toNanos();
        while (System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(deadline - System.nanoTime());
            if (Thread.currentThread().isInterrupted()) {
                throw new IllegalStateException("Interrupted during a fault");
            }
        }
    }
}
