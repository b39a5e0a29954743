package io.rookery.server.blackbox;

import io.rookery.api.Json;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;

/** What a node answered. */
public record Answer(int status, Map<String, List<String>> headers, String body) {
    static Answer of(HttpResponse<String> response) {
        return new Answer(response.statusCode(), response.headers().map(), response.body());
    }

    public boolean isOk() {
        return status >= 200 && status < 300;
    }

    public Map<String, Object> json() {
        return Json.parse(body).asObject();
    }

    public String text(String name) {
        return (String) json().get(name);
    }

    public long number(String name) {
        return ((Number) json().get(name)).longValue();
    }

    /** Objects of a list in the body. */
    @SuppressWarnings("unchecked")
    public List<Map<String, Object>> list(String name) {
        return (List<Map<String, Object>>) json().get(name);
    }

    /** The document of an answer to a read of one; null when there is none. */
    public Map<String, Object> document() {
        return list("Results").get(0);
    }

    /** The header's value; null when it is not there. */
    public String header(String name) {
        return headers.entrySet().stream()
                .filter(entry -> entry.getKey().equalsIgnoreCase(name))
                .map(entry -> entry.getValue().get(0))
                .findFirst()
                .orElse(null);
    }

    @Override
    public String toString() {
        return status + " " + (body.length() > 2_000 ? body.substring(0, 2_000) + "…" : body);
    }
}
