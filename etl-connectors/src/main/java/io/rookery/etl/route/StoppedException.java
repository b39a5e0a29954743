package io.rookery.etl.route;

import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;

/** The task's own error policy says that it stops here. */
public final class StoppedException extends RookeryException {
    private static final long serialVersionUID = 1L;

    StoppedException(ErrorCode code, String message) {
        super(code, message);
    }
}
