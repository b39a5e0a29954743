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
import java.util.TreeMap;

/** Speaks to the nodes over HTTP; goes on with the next node when one does not answer. */
final class ShopClient {
    private static final int PAGE = 500;

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    private final List<String> urls;

    ShopClient(List<String> urls) {
        this.urls = List.copyOf(urls);
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

    Json post(String path) {
        return request("POST", path, "");
    }

    /** @throws IllegalStateException with the answer when no node takes it within 60 s */
    private Json request(String method, String path, String body) {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        String last = "no answer";
        for (int attempt = 0; System.nanoTime() < deadline; attempt++) {
            String url = urls.get(attempt % urls.size());
            try {
                HttpResponse<byte[]> answer = http.send(
                        HttpRequest.newBuilder(URI.create(url + path))
                                .timeout(Duration.ofSeconds(20))
                                .method(
                                        method,
                                        body == null
                                                ? HttpRequest.BodyPublishers.noBody()
                                                : HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofByteArray());
                if (answer.statusCode() < 300) {
                    return Json.trusted(answer.body().length == 0 ? new byte[] {'{', '}'} : answer.body());
                }
                last = answer.statusCode() + " " + new String(answer.body(), StandardCharsets.UTF_8);
                if (answer.statusCode() < 500 && answer.statusCode() != 429) {
                    break;
                }
            } catch (IOException e) {
                last = e.toString();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("Interrupted", e);
            }
            java.util.concurrent.locks.LockSupport.parkNanos(200_000_000L);
        }
        throw new IllegalStateException(method + ' ' + path + ": " + last);
    }
}
