package io.rookery.samples.shop;

import java.util.List;
import java.util.Map;

/**
 * How a run of the shop ended.
 *
 * @param steps transactions of the writer
 * @param changes rows that the writer changed
 * @param drainMillis from the writer's end until everything was equal
 * @param residentBytes of each node at the end
 */
record RunResult(
        ShopComparison.Verdict verdict,
        List<Takeover> takeovers,
        int kills,
        long steps,
        long changes,
        long drainMillis,
        Map<String, Long> residentBytes) {
    /** Equal everywhere; and when nodes were killed, each of their tasks was taken over by another node. */
    boolean passed() {
        return verdict.equal()
                && takeovers.stream().allMatch(Takeover::happened)
                && (kills == 0 || !takeovers.isEmpty());
    }
}
