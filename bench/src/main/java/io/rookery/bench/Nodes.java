package io.rookery.bench;

import io.rookery.cluster.ClusterConfig;
import io.rookery.cluster.ClusterNode;
import io.rookery.cluster.ReplicatedStore;
import io.rookery.cluster.topology.Topology;
import io.rookery.samples.servers.Ports;
import io.rookery.store.StoreCopy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Nodes of one cluster in this JVM, with the settings of production. */
final class Nodes implements AutoCloseable {
    static final int BLOCK_CACHE = 64 << 20;
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final List<ClusterNode> nodes = new ArrayList<>();

    static ClusterConfig config(String tag, Path folder, boolean joining) {
        return new ClusterConfig(
                tag,
                folder.resolve(tag),
                "127.0.0.1:" + Ports.free(),
                "http://" + tag,
                joining,
                Duration.ofSeconds(1),
                BLOCK_CACHE,
                32 << 20);
    }

    static Nodes start(Path folder, int count) throws Exception {
        Nodes nodes = new Nodes();
        try {
            for (int i = 0; i < count; i++) {
                ClusterConfig config = config(String.valueOf((char) ('A' + i)), folder, i > 0);
                nodes.nodes.add(ClusterNode.start(config));
                if (i > 0) {
                    nodes.nodes
                            .get(0)
                            .addNode(new Topology.Node(config.tag(), config.httpUrl(), config.raft()))
                            .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
                }
            }
            return nodes;
        } catch (Exception e) {
            nodes.close();
            throw e;
        }
    }

    /** A new database on all nodes, seen from the node that leads it. */
    ReplicatedStore database(String name) throws Exception {
        nodes.get(0).createDatabase(name, nodes.size()).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < deadline) {
            Optional<ReplicatedStore> leader = nodes.stream()
                    .flatMap(node -> node.shard(name, 0).stream())
                    .filter(store -> store.status().role().equals("LEADER"))
                    .findFirst();
            if (leader.isPresent()) {
                return leader.get();
            }
            LockSupport.parkNanos(20_000_000L);
        }
        throw new IllegalStateException("Nobody leads the database " + name + " after " + PATIENCE);
    }

    /** The replica of the first node at one moment, in a new folder on its volume. */
    StoreCopy copy(ReplicatedStore store, Path folder) {
        return nodes.get(0).copy(store, folder);
    }

    void dropDatabase(String name) throws Exception {
        nodes.get(0).deleteDatabase(name).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        nodes.forEach(ClusterNode::close);
    }
}
