package io.rookery.server.blackbox;

import static org.awaitility.Awaitility.await;

import io.rookery.samples.servers.Ports;
import io.rookery.server.process.ServerProcess;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Processes that are one cluster; what was frozen is thawed, and all are ended, when it is closed. */
public final class Nodes implements AutoCloseable {
    /** Less time for the compiler: a test's nodes live for a minute and share few cores. */
    public static final List<String> QUICK_START = List.of("-XX:TieredStopAtLevel=1", "-Xshare:auto");

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final List<ServerProcess> nodes = new ArrayList<>();

    private Nodes() {}

    /** @param options of the JVMs, beyond {@link #QUICK_START} */
    public static Nodes start(Path folder, int count, String... options) {
        Nodes cluster = new Nodes();
        try {
            List<String> all = new ArrayList<>(QUICK_START);
            all.addAll(List.of(options));
            for (int i = 0; i < count; i++) {
                String tag = String.valueOf((char) ('A' + i));
                String join = i == 0 ? null : cluster.nodes.get(0).url();
                cluster.nodes.add(ServerProcess.start(
                        new ServerProcess.Settings(tag, folder.resolve(tag), Ports.free(), Ports.free(), join)
                                .withOptions(all)));
            }
            cluster.nodes.forEach(node -> node.awaitReady(PATIENCE));
            return cluster;
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    public List<ServerProcess> all() {
        return List.copyOf(nodes);
    }

    public ServerProcess node(String tag) {
        return nodes.stream().filter(node -> node.tag().equals(tag)).findFirst().orElseThrow();
    }

    public Api api(int number) {
        return new Api(nodes.get(number).url());
    }

    public Nodes withDatabase(String name, int replicas) {
        await().atMost(PATIENCE).until(() -> api(0).put("/databases/" + name + "?replicas=" + replicas, "")
                .isOk());
        for (ServerProcess node : nodes.subList(0, replicas)) {
            await().atMost(PATIENCE)
                    .until(() -> new Api(node.url())
                                            .get("/databases/" + name + "/docs?id=none")
                                            .status()
                                    == 404
                            && node.isReady());
        }
        return this;
    }

    /** Who leads the database as this node sees it; null when nobody does, or the node does not answer. */
    public static String leader(ServerProcess asked, String database) {
        try {
            Answer answer = new Api(asked.url(), Duration.ofSeconds(5)).get("/cluster");
            if (answer.status() == 503) {
                return null;
            }
            if (!answer.isOk()) {
                throw new IllegalStateException("Node " + asked.tag() + " did not say who leads: " + answer);
            }
            return answer.list("shards").stream()
                    .filter(shard -> database.equals(shard.get("database")))
                    .map(shard -> (String) shard.get("leader"))
                    .filter(Objects::nonNull)
                    .findFirst()
                    .orElse(null);
        } catch (UncheckedIOException e) {
            return null;
        }
    }

    public ServerProcess awaitLeader(String database) {
        return awaitLeader(database, List.of());
    }

    /** @param without who must not be it, and is not asked */
    public ServerProcess awaitLeader(String database, List<ServerProcess> without) {
        List<ServerProcess> asked =
                nodes.stream().filter(node -> !without.contains(node)).toList();
        return await().atMost(PATIENCE)
                .until(
                        () -> asked.stream()
                                .filter(node -> node.tag().equals(leader(asked.get(0), database)))
                                .findFirst()
                                .orElse(null),
                        leader -> leader != null);
    }

    /** Every node but this one. */
    public List<ServerProcess> others(ServerProcess node) {
        return nodes.stream().filter(other -> other != node).toList();
    }

    /** Each node's hash of the database's state at one and the same applied index. */
    public List<Object> stateHashes(String database) {
        long index = nodes.stream()
                .mapToLong(node -> (Long) shard(node, database, "").get("index"))
                .max()
                .orElseThrow();
        return nodes.stream()
                .map(node -> shard(node, database, "?index=" + index).get("hash"))
                .toList();
    }

    private static Map<String, Object> shard(ServerProcess node, String database, String query) {
        Answer answer = new Api(node.url()).get("/databases/" + database + "/state-hash" + query);
        if (!answer.isOk()) {
            throw new IllegalStateException("Node " + node.tag() + " gave no state hash: " + answer);
        }
        return answer.list("shards").get(0);
    }

    @Override
    public void close() {
        nodes.forEach(ServerProcess::close);
    }
}
