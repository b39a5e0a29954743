package io.rookery.checkers.linearizability;

import java.util.Objects;

/**
 * What one client did to one register, and when.
 *
 * @param invoked time before it was sent
 * @param returned time after its answer came; {@link #NEVER} when nobody knows whether it took effect: it may have done
 *     so at any time since it was sent, or not at all
 */
public record Operation(String register, String client, Effect effect, long invoked, long returned) {
    public static final long NEVER = Long.MAX_VALUE;

    public Operation {
        Objects.requireNonNull(register);
        Objects.requireNonNull(effect);
        if (returned <= invoked) {
            throw new IllegalArgumentException("Expected an answer after " + invoked + " but found " + returned);
        }
    }

    public boolean isOpen() {
        return returned == NEVER;
    }

    @Override
    public String toString() {
        return client + " " + effect + " [" + invoked / 1_000_000 + ".." + (isOpen() ? "never" : returned / 1_000_000)
                + " ms]";
    }
}
