package io.rookery.api;

/** The target cannot take the batch now: unreachable, overloaded, a deadlock. The runner backs off and tries again. */
public final class TransientSinkException extends RookeryException {
    private static final long serialVersionUID = 1L;

    public TransientSinkException(String message, Throwable cause) {
        super(ErrorCode.SINK_UNREACHABLE, message, cause);
    }
}
