package io.rookery.cluster;

/** A command certainly did not reach any log and will not: it may be tried again, elsewhere. */
final class NotAppendedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotAppendedException(String message) {
        super(message, null, false, false); // expected during elections, by the thousand: no stack
    }
}
