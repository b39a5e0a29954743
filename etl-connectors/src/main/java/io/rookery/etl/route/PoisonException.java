package io.rookery.etl.route;

import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import java.util.Map;

/** Changes of a batch that can never be delivered as they are, found before the sink saw any of it. */
final class PoisonException extends RookeryException {
    private static final long serialVersionUID = 1L;

    private final transient Map<Long, String> errors;

    /** @param errors sequence number → why */
    PoisonException(Map<Long, String> errors) {
        super(ErrorCode.CHANGE_REJECTED, "Found " + errors.size() + " changes that cannot be delivered");
        this.errors = errors;
    }

    Map<Long, String> errors() {
        return errors;
    }
}
