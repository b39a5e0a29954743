package io.rookery.samples.shop;

/**
 * How a run of the shop goes.
 *
 * @param seconds that the writer works; longer when the kills take longer
 * @param kills of nodes, spread over this time
 * @param perSecond transactions of the writer
 * @param seed of the writer, and of the moments and victims of the kills
 */
record RunOptions(int seconds, int scale, int kills, int perSecond, long seed) {
    RunOptions {
        require(seconds >= 1, "--seconds of at least 1", seconds);
        require(scale >= 1 && scale <= 1_000, "--scale from 1 to 1000", scale);
        require(kills >= 0 && kills <= 1_000, "--kills from 0 to 1000", kills);
        require(perSecond >= 1 && perSecond <= 100_000, "--rate from 1 to 100000", perSecond);
    }

    private static void require(boolean holds, String what, int found) {
        if (!holds) {
            throw new IllegalArgumentException("Expected " + what + " but found " + found);
        }
    }
}
