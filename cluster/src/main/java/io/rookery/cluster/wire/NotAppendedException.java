package io.rookery.cluster.wire;

/** A command certainly did not reach any log and will not: it may be tried again, elsewhere. */
public final class NotAppendedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public NotAppendedException(String message) {
        super(message, null, false, false); // expected during elections, by the thousand: no stack
    }
}
