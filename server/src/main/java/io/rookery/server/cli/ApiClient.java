package io.rookery.server.cli;

import io.rookery.api.Json;
import io.rookery.api.RookeryException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Speaks HTTP to a cluster: to the first node that answers, then to the same one. The next node is asked only when it is
 * certain that nothing has happened yet, or when the request reads. For one thread.
 */
final class ApiClient {
    private static final Duration CONNECT = Duration.ofSeconds(3);
    private static final Duration ANSWER = Duration.ofMinutes(1);

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .build();
    private final List<String> urls;
    private int preferred;

    /** What a request carries. */
    private record Call(String method, ApiPath path, byte[] body, String contentType) {
        boolean reads() {
            return method.equals("GET");
        }

        HttpRequest to(String url) {
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(URI.create(url + path.text())).timeout(ANSWER);
            if (body == null) {
                return request.method(method, BodyPublishers.noBody()).build();
            }
            return request.header("Content-Type", contentType)
                    .method(method, BodyPublishers.ofByteArray(body))
                    .build();
        }
    }

    ApiClient(List<String> urls) {
        this.urls = urls.stream()
                .map(url -> url.endsWith("/") ? url.substring(0, url.length() - 1) : url)
                .toList();
    }

    Json get(ApiPath path) {
        return json(new Call("GET", path, null, null));
    }

    Json post(ApiPath path) {
        return json(new Call("POST", path, null, null));
    }

    Json post(ApiPath path, Json body) {
        return json(new Call("POST", path, body.bytes(), "application/json"));
    }

    Json put(ApiPath path) {
        return json(new Call("PUT", path, null, null));
    }

    Json put(ApiPath path, Body body) {
        return json(new Call("PUT", path, body.bytes(), body.contentType()));
    }

    Json delete(ApiPath path) {
        return json(new Call("DELETE", path, null, null));
    }

    /** The answer's body as it is. */
    byte[] bytes(ApiPath path) {
        Call call = new Call("GET", path, null, null);
        HttpResponse<InputStream> response = exchange(call);
        try (InputStream body = response.body()) {
            return body.readAllBytes();
        } catch (IOException e) {
            throw lost(call, response.uri().toString(), e);
        }
    }

    /** Reads NDJSON line by line until it ends, or until {@code more} says no. */
    void lines(ApiPath path, Predicate<String> more) {
        HttpResponse<InputStream> response = exchange(new Call("GET", path, null, null));
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!more.test(line)) {
                    return;
                }
            }
        } catch (IOException e) {
            throw ApiException.unreachable("The answer of " + response.uri() + " broke off: " + reason(e), true);
        }
    }

    /** The answer's JSON; an empty object where the answer has no body. */
    private Json json(Call call) {
        HttpResponse<InputStream> response = exchange(call);
        try (InputStream body = response.body()) {
            byte[] bytes = body.readAllBytes();
            return bytes.length == 0 ? Json.of(Map.of()) : Json.parse(bytes);
        } catch (IOException e) {
            throw lost(call, response.uri().toString(), e);
        }
    }

    private HttpResponse<InputStream> exchange(Call call) {
        List<String> silent = new ArrayList<>();
        ApiException refusal = null;
        int start = preferred;
        for (int i = 0; i < urls.size(); i++) {
            int at = (start + i) % urls.size();
            try {
                HttpResponse<InputStream> response =
                        http.send(call.to(urls.get(at)), HttpResponse.BodyHandlers.ofInputStream());
                preferred = at;
                if (response.statusCode() < 300) {
                    return response;
                }
                refusal = refusal(response);
                if (!refusal.passing() || !(call.reads() || refusal.notApplied())) {
                    throw refusal;
                }
            } catch (ConnectException | HttpConnectTimeoutException e) {
                silent.add(urls.get(at) + " (" + reason(e) + ')');
            } catch (IOException e) {
                if (!call.reads()) {
                    throw lost(call, urls.get(at), e);
                }
                silent.add(urls.get(at) + " (" + reason(e) + ')');
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw ApiException.unreachable("Interrupted while waiting for " + urls.get(at), call.reads());
            }
        }
        throw refusal != null
                ? refusal
                : ApiException.unreachable("Expected an answer but got none from " + String.join(", ", silent), true);
    }

    private static ApiException lost(Call call, String url, IOException e) {
        return ApiException.unreachable(
                "The answer of " + url + " was lost (" + reason(e) + ")"
                        + (call.reads() ? "" : ": the request may have taken effect or not"),
                call.reads());
    }

    private static String reason(IOException e) {
        return e.getMessage() != null ? e.getMessage() : e instanceof ConnectException ? "refused" : e.toString();
    }

    private static ApiException refusal(HttpResponse<InputStream> response) throws IOException {
        int status = response.statusCode();
        String text;
        try (InputStream body = response.body()) {
            text = new String(body.readAllBytes(), StandardCharsets.UTF_8);
        }
        Fields error = error(text);
        return new ApiException(
                ExitCode.ofStatus(status),
                error.text("code", "HTTP_" + status),
                error.text(
                        "message", "Status " + status + " of " + response.uri() + (text.isBlank() ? "" : ": " + text)),
                error.text("outcome", "").equals("not_applied"));
    }

    /** A gateway between may answer with anything. */
    private static Fields error(String text) {
        try {
            return Fields.of(Json.parse(text));
        } catch (RookeryException e) {
            return new Fields(Map.of());
        }
    }
}
