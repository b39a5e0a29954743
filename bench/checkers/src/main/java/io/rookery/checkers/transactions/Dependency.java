package io.rookery.checkers.transactions;

/** Why one transaction must come before another one. */
enum Dependency {
    /** The other one's append came next in the same list. */
    WRITE_WRITE("ww"),
    /** The other one read what this one appended last. */
    WRITE_READ("wr"),
    /** The other one appended what this one did not see yet. */
    READ_WRITE("rw"),
    /** This one had ended before the other one began. */
    REAL_TIME("rt");

    private final String label;

    Dependency(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }
}
