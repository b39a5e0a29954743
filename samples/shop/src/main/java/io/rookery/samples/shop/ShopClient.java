package io.rookery.samples.shop;

import io.rookery.api.Json;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;

/** Speaks to the nodes over HTTP; goes on with the next node when one does not answer. One thread. */
final class ShopClient {
    private static final int PAGE = 500;
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    private final List<String> urls;
    private int current;

    ShopClient(List<String> urls) {
        this.urls = List.copyOf(urls);
    }

    /** What a node said; 0 when it said nothing. */
    private record Answer(int status, byte[] body) {
        boolean good() {
            return status >= 200 && status < 300;
        }

        /** Whether the same request may be answered better later, or by another node. */
        boolean passing() {
            return status == 0 || status == 429 || status >= 500;
        }

        Json json() {
            return Json.trusted(body.length == 0 ? new byte[] {'{', '}'} : body);
        }
    }

    /** Documents whose id starts with {@code prefix}, by id, read linearizably page by page. */
    Map<String, Map<String, Object>> documents(String database, String prefix) {
        Map<String, Map<String, Object>> documents = new TreeMap<>();
        String after = "";
        while (true) {
            String path = "/databases/" + database + "/docs?startsWith=" + encode(prefix) + "&pageSize=" + PAGE
                    + (after.isEmpty() ? "" : "&startAfter=" + encode(after));
            List<?> page = (List<?>) get(path).asObject().get("Results");
            for (Object result : page) {
                Map<String, Object> document = object(result);
                after = (String) object(document.get("@metadata")).get("@id");
                documents.put(after, document);
            }
            if (page.size() < PAGE) {
                return documents;
            }
        }
    }

    /** The tasks as they are now; empty when no node tells. */
    Optional<List<TaskView>> tasks() {
        return ask("/tasks").map(answer -> ((List<?>) answer.asObject().get("tasks"))
                .stream().map(task -> TaskView.of(object(task))).toList());
    }

    /** The node that leads a database's shard; empty when none is known. */
    Optional<String> leader(String database) {
        return ask("/cluster").flatMap(answer -> ((List<?>) answer.asObject().get("shards"))
                .stream()
                        .map(ShopClient::object)
                        .filter(shard -> database.equals(shard.get("database")))
                        .map(shard -> (String) shard.get("leader"))
                        .filter(java.util.Objects::nonNull)
                        .findFirst());
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> object(Object value) {
        return (Map<String, Object>) value;
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    Json get(String path) {
        return request("GET", path, null);
    }

    Json put(String path, String body) {
        return request("PUT", path, body);
    }

    /** @throws IllegalStateException with the answer when no node takes it within three minutes */
    private Json request(String method, String path, String body) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            Answer answer = send(method, path, body, Duration.ofMinutes(1));
            if (answer.good()) {
                return answer.json();
            }
            if (!answer.passing() || System.nanoTime() - deadline > 0) {
                throw new IllegalStateException(method + ' ' + path + ": " + answer.status() + ' '
                        + new String(answer.body(), StandardCharsets.UTF_8));
            }
            LockSupport.parkNanos(200_000_000L);
        }
    }

    /** Asks each node once. */
    private Optional<Json> ask(String path) {
        for (int attempt = 0; attempt < urls.size(); attempt++) {
            Answer answer = send("GET", path, null, Duration.ofSeconds(5));
            if (answer.good()) {
                return Optional.of(answer.json());
            }
        }
        return Optional.empty();
    }

    private Answer send(String method, String path, String body, Duration patience) {
        Answer answer;
        try {
            HttpResponse<byte[]> response = http.send(
                    HttpRequest.newBuilder(URI.create(urls.get(current) + path))
                            .timeout(patience)
                            .method(
                                    method,
                                    body == null
                                            ? HttpRequest.BodyPublishers.noBody()
                                            : HttpRequest.BodyPublishers.ofString(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofByteArray());
            answer = new Answer(response.statusCode(), response.body());
        } catch (IOException e) {
            answer = new Answer(0, e.toString().getBytes(StandardCharsets.UTF_8));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted", e);
        }
        if (answer.passing()) {
            current = (current + 1) % urls.size();
        }
        return answer;
    }
}
