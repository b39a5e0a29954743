package io.rookery.server.http;

import io.rookery.api.Json;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An answer.
 *
 * @param stream not null: writes the body itself, piece by piece, and {@code body} is not used
 */
record Reply(int status, String contentType, Map<String, String> headers, byte[] body, BodyStream stream) {
    static final String JSON = "application/json; charset=utf-8";

    static Reply json(int status, Object value) {
        return new Reply(status, JSON, Map.of(), Json.of(value).bytes(), null);
    }

    static Reply json(Object value) {
        return json(200, value);
    }

    static Reply raw(int status, byte[] json) {
        return new Reply(status, JSON, Map.of(), json, null);
    }

    static Reply text(String contentType, String text) {
        return new Reply(200, contentType, Map.of(), text.getBytes(java.nio.charset.StandardCharsets.UTF_8), null);
    }

    static Reply status(int status) {
        return new Reply(status, null, Map.of(), new byte[0], null);
    }

    static Reply stream(String contentType, BodyStream stream) {
        return new Reply(200, contentType, Map.of("Cache-Control", "no-store"), null, stream);
    }

    Reply header(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new Reply(status, contentType, more, body, stream);
    }
}
