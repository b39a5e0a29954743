package io.rookery.bench;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;

/** When numbered changes were committed at the source and when each was first seen at a target. Any thread. */
final class Arrivals {
    private final AtomicLongArray committed;
    private final AtomicLongArray latencies;
    private final AtomicInteger seen = new AtomicInteger();

    Arrivals(AtomicLongArray committed) {
        this.committed = committed;
        latencies = new AtomicLongArray(committed.length());
    }

    /** A change that was seen before its commit was answered took no time. */
    void seen(int number) {
        long at = committed.get(number);
        long latency = at == 0 ? 1 : Math.max(1, System.nanoTime() - at);
        if (latencies.compareAndSet(number, 0, latency)) {
            seen.incrementAndGet();
        }
    }

    int count() {
        return seen.get();
    }

    boolean has(int number) {
        return latencies.get(number) != 0;
    }

    /** In milliseconds, of the changes from this number on. */
    double percentile(int from, int percent) {
        long[] sorted = new long[latencies.length() - from];
        for (int i = 0; i < sorted.length; i++) {
            sorted[i] = latencies.get(from + i);
        }
        Arrays.sort(sorted);
        return sorted[(int) Math.min(sorted.length - 1L, (long) sorted.length * percent / 100)] / 1e6;
    }
}
