package io.rookery.checkers.transactions;

/**
 * Something in a history that no serial order of its transactions explains.
 *
 * @param evidence the transactions and what ties them together
 */
public record Anomaly(Kind kind, String evidence) {
    /**
     * Adya's phenomena ("Weak Consistency", 1999) as Elle finds them (Kingsbury and Alvaro, VLDB 2020); the real-time
     * forms need that one transaction had ended before another one began.
     */
    public enum Kind {
        /** Two reads of one list of which neither is the beginning of the other. */
        INCOMPATIBLE_ORDER,
        /** One value twice in a list. */
        DUPLICATE,
        /** A value that nobody appended. */
        UNWRITTEN,
        /** A read of an aborted transaction's value. */
        G1A,
        /** A read of a list between two appends of one transaction. */
        G1B,
        /** A cycle of writes. */
        G0,
        /** A cycle of writes and reads of what was written. */
        G1C,
        /** A cycle with exactly one read of what was overwritten later. */
        G_SINGLE,
        /** A cycle with two or more of them. */
        G2,
        G0_REALTIME,
        G1C_REALTIME,
        G_SINGLE_REALTIME,
        G2_REALTIME
    }

    @Override
    public String toString() {
        return kind + ": " + evidence;
    }
}
