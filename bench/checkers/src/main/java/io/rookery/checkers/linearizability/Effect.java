package io.rookery.checkers.linearizability;

import java.util.Objects;

/** What an operation that took effect found in its register, and left there. A register without a value holds null. */
public sealed interface Effect {
    boolean fits(String value);

    /** The register's value afterwards; asked only where the operation fits. */
    String after(String value);

    /** Whether it left what it found. */
    default boolean isQuiet() {
        return this instanceof Read || this instanceof RefusedSwap;
    }

    /** A read that answered this value. */
    record Read(String seen) implements Effect {
        @Override
        public boolean fits(String value) {
            return Objects.equals(seen, value);
        }

        @Override
        public String after(String value) {
            return value;
        }
    }

    /** A write without a condition; null deletes. */
    record Write(String written) implements Effect {
        @Override
        public boolean fits(String value) {
            return true;
        }

        @Override
        public String after(String value) {
            return written;
        }
    }

    /** A compare-and-set that was done. */
    record Swap(String expected, String written) implements Effect {
        @Override
        public boolean fits(String value) {
            return Objects.equals(expected, value);
        }

        @Override
        public String after(String value) {
            return written;
        }
    }

    /** A compare-and-set that was refused, because the register held something else. */
    record RefusedSwap(String expected) implements Effect {
        @Override
        public boolean fits(String value) {
            return !Objects.equals(expected, value);
        }

        @Override
        public String after(String value) {
            return value;
        }
    }
}
