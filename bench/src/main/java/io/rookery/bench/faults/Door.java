package io.rookery.bench.faults;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** One node's HTTP API as a client has it; any thread. */
final class Door {
    private static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(1))
            .build();

    private final String url;
    private final Duration patience;

    Door(String url, Duration patience) {
        this.url = url;
        this.patience = patience;
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** Path and query to documents by their ids. */
    static String docs(String database, List<String> ids) {
        StringBuilder path = new StringBuilder("/databases/" + database + "/docs");
        for (int i = 0; i < ids.size(); i++) {
            path.append(i == 0 ? "?id=" : "&id=").append(encoded(ids.get(i)));
        }
        return path.toString();
    }

    Answer get(String path) {
        return send(new Ask("GET", path, null, Map.of()));
    }

    Answer put(String path, String body) {
        return send(new Ask("PUT", path, body, Map.of()));
    }

    /** A request that can be sent again as it was. */
    record Ask(String method, String path, String body, Map<String, String> headers) {}

    /** Never throws for what a node or the way to it does. */
    Answer send(Ask ask) {
        HttpRequest.BodyPublisher publisher = ask.body() == null
                ? HttpRequest.BodyPublishers.noBody()
                : HttpRequest.BodyPublishers.ofString(ask.body());
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + ask.path()))
                .timeout(patience)
                .method(ask.method(), publisher);
        ask.headers().forEach(request::header);
        try {
            return Answer.of(HTTP.send(request.build(), HttpResponse.BodyHandlers.ofByteArray()));
        } catch (ConnectException | HttpConnectTimeoutException e) {
            return Answer.none(Answer.Fate.REFUSED, "no connection");
        } catch (IOException e) {
            return Answer.none(Answer.Fate.UNKNOWN, "no answer");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Answer.none(Answer.Fate.UNKNOWN, "interrupted");
        }
    }
}
