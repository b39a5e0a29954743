package io.rookery.server.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;

/** An HTTP server on loopback that answers as a node would, and keeps what it was asked. */
final class LoopbackNode implements AutoCloseable {
    /** A request as it came. */
    record Asked(String line, String body) {}

    private record Answer(int status, String body) {}

    private final HttpServer server;
    private final Map<String, Queue<Answer>> answers = new ConcurrentHashMap<>();
    private final List<Asked> asked = new CopyOnWriteArrayList<>();

    LoopbackNode() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::answer);
        server.start();
    }

    /** Answers {@code GET /tasks?database=shop}; several answers to one request are given one after the other. */
    LoopbackNode on(String request, int status, String body) {
        answers.computeIfAbsent(request, key -> new ConcurrentLinkedQueue<>()).add(new Answer(status, body));
        return this;
    }

    LoopbackNode on(String request, String body) {
        return on(request, 200, body);
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Method and URI of each request, in order. */
    List<String> requests() {
        return asked.stream().map(Asked::line).toList();
    }

    String body(String request) {
        return asked.stream()
                .filter(one -> one.line().equals(request))
                .map(Asked::body)
                .findFirst()
                .orElseThrow();
    }

    private void answer(HttpExchange exchange) throws IOException {
        String request = exchange.getRequestMethod() + ' ' + exchange.getRequestURI();
        asked.add(new Asked(request, new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
        Queue<Answer> known = answers.get(request);
        Answer answer = known == null
                ? new Answer(
                        404,
                        "{\"code\":\"NOT_FOUND\",\"message\":\"There is no " + exchange.getRequestURI()
                                + "\",\"outcome\":\"not_applied\"}")
                : known.size() > 1 ? known.poll() : known.peek();
        if (answer.status == 0) {
            exchange.close(); // the connection breaks before the answer
            return;
        }
        byte[] bytes = answer.body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(answer.status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
