package io.rookery.server.cli;

import io.rookery.api.Json;
import java.nio.charset.StandardCharsets;

/** What a request carries, with its type. */
record Body(byte[] bytes, String contentType) {
    static Body yaml(String text) {
        return new Body(text.getBytes(StandardCharsets.UTF_8), "application/yaml");
    }

    static Body json(Json json) {
        return new Body(json.bytes(), "application/json");
    }

    static Body plain(byte[] bytes) {
        return new Body(bytes, "text/plain; charset=utf-8");
    }
}
