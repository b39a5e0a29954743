package io.rookery.bench;

import io.rookery.api.Json;
import io.rookery.samples.servers.Ports;
import io.rookery.server.process.ServerProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;

/** Nodes as processes, and the few requests that a measure needs beside its load. */
final class Cluster implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final int WRITES_AT_ONCE = 1_000;
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Path folder;
    private final List<ServerProcess> nodes = new ArrayList<>();

    private Cluster(Path folder) {
        this.folder = folder;
    }

    static Cluster start(Path folder, int count) {
        Cluster cluster = new Cluster(folder);
        try {
            for (int i = 0; i < count; i++) {
                cluster.add().awaitReady(PATIENCE);
            }
            return cluster;
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    /** Starts one more, which joins by itself. */
    ServerProcess add() {
        String tag = String.valueOf((char) ('A' + nodes.size()));
        ServerProcess node = ServerProcess.start(new ServerProcess.Settings(
                tag,
                folder.resolve(tag),
                Ports.free(),
                Ports.free(),
                nodes.isEmpty() ? null : nodes.get(0).url()));
        nodes.add(node);
        return node;
    }

    List<ServerProcess> nodes() {
        return nodes;
    }

    /** A new database of one shard on all nodes; returns the node that leads it. */
    ServerProcess database(String name) throws Exception {
        return database(name, new Shape(1, nodes.size()));
    }

    /** Of a database; {@code replicas} beyond the nodes that there are wait for more nodes. */
    record Shape(int shards, int replicas) {}

    /** A new database; returns a node that leads one of its shards when all have leaders. */
    ServerProcess database(String name, Shape shape) throws Exception {
        send(
                nodes.get(0),
                "PUT",
                "/databases/" + name + "?replicas=" + shape.replicas() + "&shards=" + shape.shards(),
                "");
        List<ServerProcess> leader = new ArrayList<>();
        Lap.await(
                () -> {
                    leader.clear();
                    findLeaders(name, leader);
                    return leader.size() == shape.shards();
                },
                PATIENCE);
        return leader.get(0);
    }

    private void findLeaders(String database, List<ServerProcess> found) throws IOException, InterruptedException {
        Object shards = send(nodes.get(0), "GET", "/cluster", "").asObject().get("shards");
        for (Object item : (List<?>) shards) {
            Map<?, ?> shard = (Map<?, ?>) item;
            if (database.equals(shard.get("database")) && shard.get("leader") != null) {
                nodes.stream()
                        .filter(node -> node.tag().equals(shard.get("leader")))
                        .forEach(found::add);
            }
        }
    }

    /** Any other node than this one. */
    ServerProcess follower(ServerProcess leader) {
        return nodes.stream().filter(node -> node != leader).findFirst().orElseThrow();
    }

    /** Puts the documents of these numbers into the database {@code bench}. */
    static void fill(ServerProcess node, int from, int to) throws IOException, InterruptedException {
        fill(node, new Numbers(from, to), HttpWrites::document);
    }

    /** From the first to before the last. */
    record Numbers(int from, int to) {}

    /** @param document of a number, as it is sent */
    static void fill(ServerProcess node, Numbers numbers, LongFunction<String> document)
            throws IOException, InterruptedException {
        for (int i = numbers.from(); i < numbers.to(); i += WRITES_AT_ONCE) {
            int count = Math.min(WRITES_AT_ONCE, numbers.to() - i);
            send(node, "POST", "/databases/bench/bulk_docs", HttpWrites.bulk(i, count, document));
        }
    }

    /** @throws IOException with the answer when it is no 2xx */
    static Json send(ServerProcess node, String method, String path, String body)
            throws IOException, InterruptedException {
        HttpResponse<byte[]> answer = HTTP.send(
                HttpRequest.newBuilder(URI.create(node.url() + path))
                        .timeout(PATIENCE)
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofByteArray());
        String text = new String(answer.body(), StandardCharsets.UTF_8);
        if (answer.statusCode() >= 300) {
            throw new IOException(method + ' ' + path + ": " + answer.statusCode() + ' ' + text);
        }
        return Json.trusted(answer.body().length == 0 ? new byte[] {'{', '}'} : answer.body());
    }

    @Override
    public void close() {
        nodes.forEach(ServerProcess::close);
    }
}
