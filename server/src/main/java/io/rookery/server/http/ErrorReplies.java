package io.rookery.server.http;

import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** The one place where a failure becomes a status and a body. */
final class ErrorReplies {
    private static final Logger log = LoggerFactory.getLogger(ErrorReplies.class);

    private ErrorReplies() {}

    /**
     * The request that failed.
     *
     * @param id see {@link RequestId}; null where nobody asked
     * @param writing whether it could have changed something
     */
    record Failed(String id, boolean writing, String url) {}

    static Reply of(Throwable failure, Failed request) {
        Throwable cause = failure;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof RookeryException known) {
            return of(known, request);
        }
        MDC.put(RequestId.LOG_KEY, request.id());
        log.error("A request to {} failed unexpectedly", request.url(), cause);
        MDC.remove(RequestId.LOG_KEY);
        return of(RookeryException.outcomeUnknown(ErrorCode.INTERNAL, "The node failed: " + cause, cause), request);
    }

    private static Reply of(RookeryException failure, Failed request) {
        // half of a surrogate pair, from a text that is complained about, is no text that could be answered
        String message = new String(failure.getMessage().getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("code", failure.code().name());
        body.put("message", message);
        body.put("outcome", !request.writing() || failure.outcomeKnown() ? "not_applied" : "unknown");
        if (request.id() != null) {
            body.put("requestId", request.id());
        }
        // what RavenDB's clients read
        body.put("Url", request.url());
        body.put("Type", type(failure.code()));
        body.put("Message", message);
        body.put("Error", message);
        Reply reply = Reply.json(failure.code().httpStatus(), body);
        if (failure.code() == ErrorCode.DATABASE_MISSING) {
            return reply.header("Database-Missing", "true");
        }
        if (failure.code() == ErrorCode.DISK_FULL) {
            return reply.header("Retry-After", "10");
        }
        boolean later = failure.code().type() == ErrorCode.Type.OVERLOADED
                || failure.code().type() == ErrorCode.Type.UNAVAILABLE;
        return later ? reply.header("Retry-After", "1") : reply;
    }

    private static String type(ErrorCode code) {
        String namespace = "Raven.Client.Exceptions.";
        return switch (code.type()) {
            case CONFLICT -> namespace + "ConcurrencyException";
            case USER -> namespace + "BadRequestException";
            case MISSING ->
                code == ErrorCode.DATABASE_MISSING
                        ? namespace + "Database.DatabaseDoesNotExistException"
                        : namespace + "RavenException";
            default -> namespace + "RavenException";
        };
    }
}
