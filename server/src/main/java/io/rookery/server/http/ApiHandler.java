package io.rookery.server.http;

import io.rookery.api.ErrorCode;
import io.rookery.api.Limits;
import io.rookery.api.RookeryException;
import io.rookery.cluster.ClusterNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Reads a request to its end within the limits, has its resource answer it, and writes the answer when it is there. No
 * thread of the server waits for the log.
 */
final class ApiHandler extends Handler.Abstract.NonBlocking {
    private static final Logger LOG = LoggerFactory.getLogger(ApiHandler.class);
    private static final int MAX_BODY = Limits.DOCUMENT_BYTES + (4 << 20);
    private static final int MAX_INFLATION = 100;
    /** An operator wants to know of these: something waits for a leader, a disk or another node. */
    private static final long SLOW_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final ClusterNode node;
    private final Routes routes;
    private final Map<Routes.Pool, Semaphore> permits;

    private final Metrics metrics;

    ApiHandler(ClusterNode node, Routes routes, Map<Routes.Pool, Semaphore> permits, Metrics metrics) {
        this.node = node;
        this.routes = routes;
        this.permits = permits;
        this.metrics = metrics;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        String path = Request.getPathInContext(request);
        String method = request.getMethod();
        boolean writing = !method.equals("GET") && !method.equals("HEAD");
        String id = RequestId.of(name -> request.getHeaders().get(name));
        answerTo(request, response, id);
        ErrorReplies.Failed errand = new ErrorReplies.Failed(id, writing, path);
        Routes.Match match = routes.find(method, path).orElse(null);
        if (match == null) {
            write(request, response, callback, missing(method, errand));
            return true;
        }
        Semaphore pool = permits.get(match.pool());
        if (!pool.tryAcquire()) {
            RookeryException full =
                    new RookeryException(ErrorCode.OVERLOADED, "The node has as many requests as it takes; try again");
            write(request, response, callback, ErrorReplies.of(full, errand));
            return true;
        }
        long started = System.nanoTime();
        Callback released = Callback.from(callback, (Runnable) pool::release);
        body(request)
                .thenCompose(body -> answer(request, match, id, body))
                .handle((reply, failure) -> failure == null ? reply : ErrorReplies.of(failure, errand))
                .thenAccept(reply -> {
                    long nanos = System.nanoTime() - started;
                    metrics.answered(method, reply.status(), nanos);
                    if (nanos > SLOW_NANOS && match.pool() != Routes.Pool.FEED) {
                        warn(errand, method, reply.status(), nanos);
                    }
                    write(request, response, released, reply);
                })
                .exceptionally(failure -> {
                    released.failed(failure);
                    return null;
                });
        return true;
    }

    private static void warn(ErrorReplies.Failed errand, String method, int status, long nanos) {
        MDC.put(RequestId.LOG_KEY, errand.id());
        LOG.warn(
                "{} {} was answered with {} only after {} ms",
                method,
                errand.url(),
                status,
                TimeUnit.NANOSECONDS.toMillis(nanos));
        MDC.remove(RequestId.LOG_KEY);
    }

    private static void answerTo(Request request, Response response, String id) {
        response.getHeaders().put(RequestId.HEADER, id);
        String trace = request.getHeaders().get(RequestId.TRACE);
        if (trace != null && id.length() == 32 && trace.contains(id)) {
            response.getHeaders().put(RequestId.TRACE, trace);
        }
    }

    /** Log lines of what happens on this thread carry the request's id. */
    private CompletableFuture<Reply> answer(Request request, Routes.Match match, String id, byte[] body) {
        MDC.put(RequestId.LOG_KEY, id);
        try {
            Ask ask = new Ask(
                    request.getMethod(),
                    match.path(),
                    query(request),
                    name -> request.getHeaders().get(name),
                    body);
            String database = match.path().get("db");
            return database == null
                    ? match.resource().answer(ask)
                    : node.whileSlotsMove(database, () -> match.resource().answer(ask));
        } finally {
            MDC.remove(RequestId.LOG_KEY);
        }
    }

    private Reply missing(String method, ErrorReplies.Failed errand) {
        String path = errand.url();
        ErrorReplies.Failed untouched = new ErrorReplies.Failed(errand.id(), false, path);
        var methods = routes.methods(path);
        if (methods.isEmpty()) {
            return ErrorReplies.of(new RookeryException(ErrorCode.NOT_FOUND, "There is nothing at " + path), untouched);
        }
        RookeryException refused = new RookeryException(
                ErrorCode.BAD_REQUEST, "Expected one of " + methods + " for " + path + " but found " + method);
        Reply reply = ErrorReplies.of(refused, untouched);
        return new Reply(405, reply.contentType(), Map.of("Allow", String.join(", ", methods)), reply.body(), null);
    }

    private static CompletableFuture<byte[]> body(Request request) {
        if (request.getLength() > (long) MAX_BODY + BodyReader.MOST_DROPPED) {
            return CompletableFuture.failedFuture(tooLarge());
        }
        if (request.getLength() == 0
                || request.getMethod().equals("GET")
                || request.getMethod().equals("HEAD")) {
            return CompletableFuture.completedFuture(new byte[0]);
        }
        return BodyReader.read(request, MAX_BODY)
                .thenApply(bytes -> inflate(bytes, request.getHeaders().get(HttpHeader.CONTENT_ENCODING)));
    }

    private static byte[] inflate(byte[] bytes, String encoding) {
        if (encoding == null || encoding.equals("identity")) {
            return bytes;
        }
        if (!encoding.equals("gzip")) {
            throw new RookeryException(
                    ErrorCode.BAD_REQUEST, "Expected the content encoding gzip or none but found '" + encoding + "'");
        }
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
            int most = (int) Math.min(MAX_BODY, (long) bytes.length * MAX_INFLATION);
            byte[] inflated = in.readNBytes(most);
            if (in.read() >= 0) {
                throw tooLarge();
            }
            return inflated;
        } catch (IOException e) {
            throw new RookeryException(ErrorCode.BAD_REQUEST, "Expected a body in gzip: " + e.getMessage(), e);
        }
    }

    static RookeryException tooLarge() {
        return new RookeryException(
                ErrorCode.TOO_LARGE,
                "Expected a body of at most " + MAX_BODY + " bytes, at most 100 times its packed size");
    }

    private static Map<String, List<String>> query(Request request) {
        Map<String, List<String>> query = new LinkedHashMap<>();
        String text = request.getHttpURI().getQuery();
        if (text == null || text.isEmpty()) {
            return query;
        }
        for (String pair : text.split("&")) {
            int equals = pair.indexOf('=');
            String name = decode(equals < 0 ? pair : pair.substring(0, equals));
            query.computeIfAbsent(name, absent -> new ArrayList<>())
                    .add(equals < 0 ? "" : decode(pair.substring(equals + 1)));
        }
        return query;
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new RookeryException(ErrorCode.BAD_REQUEST, "Expected a percent-encoded query: " + e.getMessage(), e);
        }
    }

    private static void write(Request request, Response response, Callback callback, Reply reply) {
        response.setStatus(reply.status());
        if (reply.contentType() != null) {
            response.getHeaders().put(HttpHeader.CONTENT_TYPE, reply.contentType());
        }
        reply.headers().forEach(response.getHeaders()::put);
        if (reply.stream() != null) {
            new StreamWriter(response, reply.stream(), callback).start();
            return;
        }
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, reply.body().length);
        boolean head = request.getMethod().equals("HEAD");
        response.write(true, head ? ByteBuffer.allocate(0) : ByteBuffer.wrap(reply.body()), callback);
    }
}
