package io.rookery.cluster.wire;

import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/** Failures between nodes: what the other node threw arrives as the same kind here. */
public final class Failures {
    private static final int NOT_APPENDED = 0;
    private static final int OUTCOME_KNOWN = 1;
    private static final int OUTCOME_UNKNOWN = 2;

    private Failures() {}

    public static Throwable unwrap(Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    public static void write(WireWriter out, Throwable failure) {
        Throwable cause = unwrap(failure);
        if (cause instanceof NotAppendedException) {
            out.octet(NOT_APPENDED).text(ErrorCode.NO_LEADER.name());
        } else if (cause instanceof RookeryException known) {
            out.octet(known.outcomeKnown() ? OUTCOME_KNOWN : OUTCOME_UNKNOWN)
                    .text(known.code().name());
        } else if (cause instanceof TimeoutException) {
            out.octet(OUTCOME_UNKNOWN).text(ErrorCode.TIMEOUT.name());
        } else {
            out.octet(OUTCOME_UNKNOWN).text(ErrorCode.INTERNAL.name());
        }
        out.text(String.valueOf(cause.getMessage()));
    }

    public static RuntimeException read(WireReader in) {
        int kind = in.octet();
        ErrorCode code = ErrorCode.valueOf(in.text());
        String message = in.text();
        return switch (kind) {
            case NOT_APPENDED -> new NotAppendedException(message);
            case OUTCOME_KNOWN -> new RookeryException(code, message);
            default -> RookeryException.outcomeUnknown(code, message, null);
        };
    }
}
