package io.rookery.api;

/** The target will never take this change as it is: a value too long, a constraint. The runner parks it. */
public final class RejectedChangeException extends RookeryException {
    private static final long serialVersionUID = 1L;

    private final long sequence;

    /** @param sequence of the change that was rejected */
    public RejectedChangeException(long sequence, String message, Throwable cause) {
        super(ErrorCode.CHANGE_REJECTED, message, cause);
        this.sequence = sequence;
    }

    public long sequence() {
        return sequence;
    }
}
