package io.rookery.server;

import io.rookery.api.Json;
import io.rookery.cluster.ClusterNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the cluster to take this node in, again and again until it did; on a thread of its own. */
final class Joining implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Joining.class);

    private final RookeryConfig config;
    private final ClusterNode node;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "joining");

    Joining(RookeryConfig config, ClusterNode node) {
        this.config = config;
        this.node = node;
    }

    void start() {
        if (config.join() != null && node.clusterId().isEmpty()) {
            thread.setDaemon(true);
            thread.start();
        }
    }

    private void run() {
        HttpClient client =
                HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(3)).build();
        HttpRequest request = HttpRequest.newBuilder(URI.create(config.join() + "/cluster/nodes"))
                .timeout(Duration.ofSeconds(90))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(
                        Json.of(Map.of("tag", config.node(), "url", config.url(), "raft", config.raft()))
                                .bytes()))
                .build();
        try {
            do {
                String problem = ask(client, request);
                if (problem == null) {
                    LOG.info("Node {} has joined the cluster of {}", config.node(), config.join());
                    return;
                }
                LOG.info("Not joined yet: {}", problem);
            } while (!closed.await(500, TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            LOG.debug("Joining was interrupted: the node ends");
        }
    }

    /** @return what went wrong; null when nothing did */
    private static String ask(HttpClient client, HttpRequest request) throws InterruptedException {
        try {
            HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
            return response.statusCode() < 300 ? null : response.statusCode() + " " + response.body();
        } catch (IOException e) {
            return request.uri() + " cannot be reached: " + e;
        }
    }

    @Override
    public void close() {
        closed.countDown();
        thread.interrupt();
    }
}
