package io.rookery.sinks.camel;

import io.rookery.api.Change;
import io.rookery.api.ErrorCode;
import io.rookery.api.RejectedChangeException;
import io.rookery.api.RookeryException;
import io.rookery.api.TransientSinkException;
import java.util.Objects;
import java.util.Set;
import org.apache.camel.Endpoint;
import org.apache.camel.TypeConversionException;
import org.apache.camel.http.base.HttpOperationFailedException;

/** What an endpoint's failure means: the change's fault, the user's to mend, or gone by itself. Shows no body. */
final class CamelFailures {
    /** The server read the message and will not take it. */
    private static final Set<Integer> OF_MESSAGE = Set.of(400, 406, 409, 411, 412, 413, 414, 415, 416, 417, 422, 431);
    /** The server has no time now. */
    private static final Set<Integer> PASSING = Set.of(408, 421, 423, 425, 429);

    private CamelFailures() {}

    static RookeryException of(Exception failure, Change change, Endpoint endpoint) {
        String where = endpoint.getEndpointBaseUri();
        for (Throwable at = failure; at != null; at = at.getCause()) {
            if (at instanceof RookeryException known) {
                return known;
            }
            if (at instanceof HttpOperationFailedException answer) {
                return of(answer, change, where);
            }
            if (at instanceof TypeConversionException || isJailed(at)) {
                return new RejectedChangeException(
                        change.sequence(), where + " cannot take " + change.id() + ": " + at.getMessage(), at);
            }
        }
        return new TransientSinkException(where + " cannot take " + change.id() + " now: " + failure, failure);
    }

    private static RookeryException of(HttpOperationFailedException answer, Change change, String where) {
        int status = answer.getStatusCode();
        String what = where + " answered " + status + " to " + change.id();
        if (OF_MESSAGE.contains(status)) {
            return new RejectedChangeException(change.sequence(), what, null);
        }
        if (status >= 500 || PASSING.contains(status)) {
            return new TransientSinkException(what, null);
        }
        return new RookeryException(ErrorCode.SINK_REFUSED, what + "; see the task's endpoint and options");
    }

    /** A file's name that leads out of its folder. */
    private static boolean isJailed(Throwable e) {
        return e instanceof IllegalArgumentException
                && Objects.toString(e.getMessage(), "").contains("jailed");
    }
}
