package io.rookery.bench.faults;

import io.rookery.api.Json;
import io.rookery.api.RookeryException;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What came of a request.
 *
 * @param status 0 when no answer came
 * @param what the answer's code, or why none came; empty when all is well
 */
record Answer(int status, byte[] body, Map<String, List<String>> headers, Fate fate, String what) {
    /** Whether the request took effect. */
    enum Fate {
        DONE,
        /** For certain it did not. */
        REFUSED,
        UNKNOWN
    }

    static Answer of(HttpResponse<byte[]> response) {
        int status = response.statusCode();
        if (status < 300) {
            return new Answer(status, response.body(), response.headers().map(), Fate.DONE, "");
        }
        Map<String, Object> error = object(response.body());
        Object outcome = error.get("outcome");
        // an error without a word on its outcome may mean anything
        Fate fate = "not_applied".equals(outcome) ? Fate.REFUSED : Fate.UNKNOWN;
        return new Answer(
                status, response.body(), response.headers().map(), fate, status + " " + error.getOrDefault("code", ""));
    }

    static Answer none(Fate fate, String why) {
        return new Answer(0, new byte[0], Map.of(), fate, why);
    }

    private static Map<String, Object> object(byte[] body) {
        try {
            return Json.parse(body).asObject();
        } catch (RookeryException e) {
            return Map.of();
        }
    }

    boolean isDone() {
        return fate == Fate.DONE;
    }

    /** Whether a read found that the document is absent; a node that does not have the database says 404 too. */
    boolean isAbsent() {
        return status == 404 && header("Database-Missing").isEmpty();
    }

    /** Only a refusal that says so: the document is not what was expected. */
    boolean isConflict() {
        return status == 409;
    }

    Map<String, Object> json() {
        return Json.parse(body).asObject();
    }

    /** The documents of a read; null stands for one that is absent. */
    @SuppressWarnings("unchecked")
    List<Map<String, Object>> results() {
        return (List<Map<String, Object>>) json().get("Results");
    }

    Optional<String> header(String name) {
        return headers.entrySet().stream()
                .filter(entry -> entry.getKey().equalsIgnoreCase(name))
                .map(entry -> entry.getValue().get(0))
                .findFirst();
    }

    /** The change vector in the ETag. */
    String vector() {
        String etag = header("ETag").orElseThrow();
        return etag.substring(1, etag.length() - 1);
    }
}
