package io.rookery.etl.route;

/** Changes a second over the last ten seconds. One thread. */
final class Rate {
    private static final int SECONDS = 10;

    private final long[] counts = new long[SECONDS];
    private long second;
    private long lastTotal;

    /** @param total since the start */
    double update(long total, long nowMillis) {
        long now = nowMillis / 1_000;
        for (long passed = Math.max(second + 1, now - SECONDS + 1); passed <= now; passed++) {
            counts[(int) (passed % SECONDS)] = 0;
        }
        second = Math.max(second, now);
        counts[(int) (second % SECONDS)] += total - lastTotal;
        lastTotal = total;
        long sum = 0;
        for (long count : counts) {
            sum += count;
        }
        return (double) sum / SECONDS;
    }
}
