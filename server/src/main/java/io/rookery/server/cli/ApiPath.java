package io.rookery.server.cli;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** Path and query of a request; what users wrote is percent-encoded. */
record ApiPath(String text) {
    static ApiPath of(String... segments) {
        StringBuilder path = new StringBuilder();
        for (String segment : segments) {
            path.append('/').append(encode(segment));
        }
        return new ApiPath(path.toString());
    }

    /** With a query parameter; null is left out. */
    ApiPath with(String name, Object value) {
        return value == null
                ? this
                : new ApiPath(text + (text.contains("?") ? '&' : '?') + name + '=' + encode(value.toString()));
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
