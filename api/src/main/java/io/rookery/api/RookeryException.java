package io.rookery.api;

import static java.util.Objects.requireNonNull;

/** A failure with a code. The message says what was expected, what was found, and of what. */
public class RookeryException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final boolean outcomeKnown;

    public RookeryException(ErrorCode code, String message) {
        this(code, message, null);
    }

    public RookeryException(ErrorCode code, String message, Throwable cause) {
        this(code, message, cause, true);
    }

    private RookeryException(ErrorCode code, String message, Throwable cause, boolean outcomeKnown) {
        super(message, cause);
        this.code = requireNonNull(code, "code is null");
        this.outcomeKnown = outcomeKnown;
    }

    /** A write that may or may not take effect: it was handed to the log and its result was not seen. */
    public static RookeryException outcomeUnknown(ErrorCode code, String message, Throwable cause) {
        return new RookeryException(code, message, cause, false);
    }

    public ErrorCode code() {
        return code;
    }

    /** False when a write was asked for and it is not certain that it did not, and will not, take effect. */
    public boolean outcomeKnown() {
        return outcomeKnown;
    }
}
