package io.rookery.bench;

import java.util.Arrays;
import java.util.Collection;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Predicate;

/** From when to when each of many requests was under way. Any thread. */
final class Timings {
    /** @param from as {@code to} of {@link System#nanoTime} */
    record Span(long from, long to) {
        boolean meetsAny(Collection<Span> others) {
            return others.stream().anyMatch(other -> from <= other.to && other.from <= to);
        }

        /** Longer by as much at both ends. */
        Span widened(long nanos) {
            return new Span(from - nanos, to + nanos);
        }
    }

    private final Queue<Span> spans = new ConcurrentLinkedQueue<>();

    void add(long from, long to) {
        spans.add(new Span(from, to));
    }

    int count() {
        return spans.size();
    }

    /** How long these took, in milliseconds. */
    Durations of(Predicate<Span> wanted) {
        double[] sorted = spans.stream()
                .filter(wanted)
                .mapToDouble(span -> (span.to() - span.from()) / 1e6)
                .toArray();
        Arrays.sort(sorted);
        return new Durations(sorted);
    }

    /** In order; not none. */
    record Durations(double[] sorted) {
        Durations {
            if (sorted.length == 0) {
                throw new IllegalStateException("Expected requests to have been answered but found none");
            }
        }

        double most() {
            return sorted[sorted.length - 1];
        }

        double percentile(int percent) {
            return sorted[(int) Math.min(sorted.length - 1L, (long) sorted.length * percent / 100)];
        }

        int count() {
            return sorted.length;
        }
    }
}
