package io.rookery.bench;

import java.time.Duration;

/**
 * How long and how much is measured.
 *
 * @param warmUp before anything counts, shared by the sides of a comparison
 * @param measured in all, shared by sides and rounds
 * @param rounds whose medians are reported
 * @param documents of a data set; rows in proportion
 * @param backlog changes that a task is behind in the memory measure; documents that a node restarts or joins with
 */
record Pace(Duration warmUp, Duration measured, int rounds, int documents, int backlog) {
    static final Pace QUICK = new Pace(Duration.ofSeconds(5), Duration.ofSeconds(5), 3, 20_000, 50_000);

    /** @param seconds of warm-up, and again of measuring, for each comparison */
    static Pace full(int seconds) {
        return new Pace(Duration.ofSeconds(seconds), Duration.ofSeconds(seconds), 5, 200_000, 1_000_000);
    }
}
