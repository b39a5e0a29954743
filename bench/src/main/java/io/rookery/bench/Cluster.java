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

/** Nodes as processes, and the few requests that a measure needs beside its load. */
final class Cluster implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final int WRITES_AT_ONCE = 1_000;
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final List<ServerProcess> nodes = new ArrayList<>();

    static Cluster start(Path folder, int count) {
        Cluster cluster = new Cluster();
        try {
            for (int i = 0; i < count; i++) {
                String tag = String.valueOf((char) ('A' + i));
                ServerProcess node = ServerProcess.start(new ServerProcess.Settings(
                        tag,
                        folder.resolve(tag),
                        Ports.free(),
                        Ports.free(),
                        i == 0 ? null : cluster.nodes.get(0).url()));
                cluster.nodes.add(node);
                node.awaitReady(PATIENCE);
            }
            return cluster;
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    List<ServerProcess> nodes() {
        return nodes;
    }

    /** A new database of one shard on all nodes; returns the node that leads it. */
    ServerProcess database(String name) throws Exception {
        return database(name, 1);
    }

    /** A new database on all nodes; returns a node that leads one of its shards when all have leaders. */
    ServerProcess database(String name, int shards) throws Exception {
        send(nodes.get(0), "PUT", "/databases/" + name + "?replicas=" + nodes.size() + "&shards=" + shards, "");
        List<ServerProcess> leader = new ArrayList<>();
        Lap.await(
                () -> {
                    leader.clear();
                    findLeaders(name, leader);
                    return leader.size() == shards;
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
        for (int i = from; i < to; i += WRITES_AT_ONCE) {
            send(node, "POST", "/databases/bench/bulk_docs", HttpWrites.bulk(i, Math.min(WRITES_AT_ONCE, to - i)));
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
