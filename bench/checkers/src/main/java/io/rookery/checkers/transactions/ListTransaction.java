package io.rookery.checkers.transactions;

import java.util.List;
import java.util.Objects;

/**
 * A transaction that reads lists, then appends to some. Every appended value is appended once in the whole history.
 *
 * @param reads each whole list that it was based on, as it was before its own appends
 * @param appends in their order
 * @param invoked time before it was sent
 * @param returned time after its answer came; of no meaning when the outcome is unknown
 */
public record ListTransaction(
        String name, List<Read> reads, List<Append> appends, Outcome outcome, long invoked, long returned) {
    /** What its client knows of it. */
    public enum Outcome {
        COMMITTED,
        /** It took no effect, for certain. */
        ABORTED,
        UNKNOWN
    }

    /** A whole list as it was seen. */
    public record Read(String key, List<Long> values) {
        public Read {
            Objects.requireNonNull(key);
            values = List.copyOf(values);
        }
    }

    /** A value behind all that were in the list. */
    public record Append(String key, long value) {
        public Append {
            Objects.requireNonNull(key);
        }
    }

    public ListTransaction {
        reads = List.copyOf(reads);
        appends = List.copyOf(appends);
        Objects.requireNonNull(outcome);
        if (outcome == Outcome.COMMITTED && returned <= invoked) {
            throw new IllegalArgumentException("Expected an answer after " + invoked + " but found " + returned);
        }
    }

    boolean isCommitted() {
        return outcome == Outcome.COMMITTED;
    }
}
