package io.rookery.server.blackbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** One node's HTTP API; any thread. */
public final class Api {
    private static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    private final String url;
    private final Duration timeout;

    public Api(String url) {
        this(url, Duration.ofMinutes(1));
    }

    public Api(String url, Duration timeout) {
        this.url = url;
        this.timeout = timeout;
    }

    public static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    public Answer get(String path, String... headers) {
        return ask("GET", path, null, headers);
    }

    public Answer put(String path, String body, String... headers) {
        return ask("PUT", path, body, headers);
    }

    public Answer post(String path, String body, String... headers) {
        return ask("POST", path, body, headers);
    }

    public Answer delete(String path, String... headers) {
        return ask("DELETE", path, null, headers);
    }

    /** @throws UncheckedIOException when no answer came */
    public Answer ask(String method, String path, String body, String... headers) {
        try {
            return send(method, path, body, headers);
        } catch (IOException e) {
            throw new UncheckedIOException(method + " " + url + path + " was not answered", e);
        }
    }

    public Answer send(String method, String path, String body, String... headers) throws IOException {
        HttpRequest.BodyPublisher publisher =
                body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body);
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(url + path)).timeout(timeout).method(method, publisher);
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return Answer.of(HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while a node was asked", e);
        }
    }
}
