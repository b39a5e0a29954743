package io.rookery.bench.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** How long it takes from a fault of the leader to the first write to the same shard that one of the others acknowledges. */
final class FirstSuccess {
    private static final Duration LONGEST = Duration.ofSeconds(60);

    private final AtomicLong written = new AtomicLong();
    private final List<Double> afterKills = new ArrayList<>();

    /**
     * Returns at the first success of a write that was sent after {@code since}.
     *
     * @return seconds; empty when none came within a minute
     */
    Optional<Double> measure(Cluster cluster, List<Member> others, long since) {
        AtomicBoolean done = new AtomicBoolean();
        CompletableFuture<Long> first = new CompletableFuture<>();
        ExecutorService clients = Executors.newFixedThreadPool(others.size());
        others.forEach(member -> clients.execute(() -> write(
                () -> member.door().put(cluster.inFocus("first/" + written.incrementAndGet()), "{}"), done, first)));
        try {
            long at = first.completeOnTimeout(-1L, LONGEST.toSeconds(), java.util.concurrent.TimeUnit.SECONDS)
                    .join();
            return at < 0 ? Optional.empty() : Optional.of(rounded((at - since) / 1e9));
        } finally {
            done.set(true);
            clients.shutdownNow();
        }
    }

    Optional<Double> afterKill(Cluster cluster, List<Member> others, long since) {
        Optional<Double> seconds = measure(cluster, others, since);
        seconds.ifPresent(afterKills::add);
        return seconds;
    }

    private static void write(Supplier<Answer> attempt, AtomicBoolean done, CompletableFuture<Long> first) {
        while (!done.get()) {
            if (attempt.get().isDone()) {
                first.complete(System.nanoTime());
                return;
            }
            LockSupport.parkNanos(20_000_000L);
        }
    }

    /** Median and maximum after kills of the leader; empty when there were none. */
    Optional<Verdict> verdict() {
        if (afterKills.isEmpty()) {
            return Optional.empty();
        }
        List<Double> sorted = new ArrayList<>(afterKills);
        Collections.sort(sorted);
        Verdict verdict = new Verdict("first-success-after-kill-of-leader", Tally.NONE);
        double median = sorted.get(sorted.size() / 2);
        double most = sorted.get(sorted.size() - 1);
        verdict.say("kills", sorted.size());
        verdict.say("medianSeconds", rounded(median));
        verdict.say("maxSeconds", rounded(most));
        verdict.say("target", "median <= 2.5 s, max <= 5 s: " + (median <= 2.5 && most <= 5 ? "met" : "NOT met"));
        return Optional.of(verdict);
    }

    private static double rounded(double seconds) {
        return Double.parseDouble(String.format(Locale.ROOT, "%.3f", seconds));
    }
}
