package io.rookery.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.rookery.api.CommitResult;
import io.rookery.api.Json;
import io.rookery.api.Transaction;
import io.rookery.api.Write;
import io.rookery.cluster.disk.Folders;
import io.rookery.cluster.topology.Topology;
import io.rookery.store.StateHash;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Nodes of one cluster in this process, on real disks and ports, that can be closed abruptly and started again. */
final class TestCluster implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofMinutes(1);
    static final Tuning TUNING = tuning(TestCluster::complain);
    /** Snapshots after every 200 entries and hardly any log behind them. */
    static final Tuning SMALL_LOG =
            new Tuning(200, 64L << 20, 50, 128L << 20, 64 << 10, 1_000, 3_000, 20_000, TestCluster::complain);

    /** Two of these processes run at once. */
    private static final int PORTS = 10_000 * (1 + (Integer.getInteger("rookery.fork", 1) + 1) % 2);

    private final Path folder;
    private final Tuning tuning;
    private Duration election = Duration.ofSeconds(1);
    private ClusterConfig.Patience patience = ClusterConfig.Patience.DEFAULT;
    private final Map<String, Integer> ports = new LinkedHashMap<>();
    private final Map<String, ClusterNode> nodes = new LinkedHashMap<>();

    TestCluster(Path folder, Tuning tuning) {
        this.folder = folder;
        this.tuning = tuning;
    }

    /** With silent nodes; for those that are started from now on. */
    TestCluster patience(Duration rehab, Duration replacement) {
        patience = new ClusterConfig.Patience(rehab, replacement);
        return this;
    }

    /** Of nodes that are started from now on. */
    TestCluster election(Duration least) {
        election = least;
        return this;
    }

    static Tuning tuning(Consumer<String> fatal) {
        return new Tuning(20_000, 64L << 20, 20_000, 128L << 20, 8 << 20, 1_000, 3_000, 20_000, fatal);
    }

    @SuppressWarnings("SystemOut")
    private static void complain(String message) {
        System.err.println("FATAL (kept alive by the test): " + message);
    }

    static TestCluster of(Path folder, Tuning tuning, String... tags) {
        return new TestCluster(folder, tuning).startAll(tags);
    }

    TestCluster startAll(String... tags) {
        for (String tag : tags) {
            start(tag);
            if (!tag.equals(tags[0])) {
                join(tag, tags[0]);
            }
        }
        return this;
    }

    ClusterNode start(String tag) {
        ClusterNode node = ClusterNode.start(config(tag, !ports.isEmpty() && !ports.containsKey(tag)), tuning);
        nodes.put(tag, node);
        return node;
    }

    /** As a release that can do that feature level. */
    ClusterNode start(String tag, int level) {
        boolean joining = !ports.isEmpty() && !ports.containsKey(tag);
        ClusterNode node = ClusterNode.start(config(tag, joining), tuning, level);
        nodes.put(tag, node);
        return node;
    }

    private ClusterConfig config(String tag, boolean joining) {
        return new ClusterConfig(
                tag, folder.resolve(tag), raft(tag), "http://" + tag, joining, election, 8 << 20, 8 << 20, patience);
    }

    ClusterNode startJoining(String tag) {
        ClusterNode node = ClusterNode.start(config(tag, true), tuning);
        nodes.put(tag, node);
        return node;
    }

    String raft(String tag) {
        return "127.0.0.1:" + ports.computeIfAbsent(tag, key -> freePort());
    }

    /** Of those that are this process's, below the range of ports that connections go out from. */
    private static int freePort() {
        for (int attempt = 0; attempt < 200; attempt++) {
            int port = PORTS + ThreadLocalRandom.current().nextInt(10_000);
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (IOException e) {
                // taken: the next one
            }
        }
        throw new AssertionError("Found no free port from " + PORTS + " on");
    }

    void join(String tag, String by) {
        get(node(by).addNode(new Topology.Node(tag, "http://" + tag, raft(tag))));
    }

    ClusterNode node(String tag) {
        return nodes.get(tag);
    }

    Collection<ClusterNode> nodes() {
        return nodes.values();
    }

    void stop(String tag) {
        nodes.remove(tag).close();
    }

    void wipe(String tag) {
        Folders.delete(folder.resolve(tag));
    }

    Path data(String tag) {
        return folder.resolve(tag);
    }

    ReplicatedStore shard(String tag, String database) {
        eventually(() -> nodes.get(tag).shard(database, 0).isPresent());
        return nodes.get(tag).shard(database, 0).orElseThrow();
    }

    static void eventually(java.util.concurrent.Callable<Boolean> condition) {
        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(20))
                .atMost(PATIENCE)
                .until(condition);
    }

    /** The tag of the node that leads; waits until there is one. */
    String leader(String database) {
        eventually(() -> findLeader(database) != null);
        return findLeader(database);
    }

    private String findLeader(String database) {
        return nodes.values().stream()
                .filter(node ->
                        node.shard(database, 0).map(ReplicatedStore::leads).orElse(false))
                .map(ClusterNode::tag)
                .findFirst()
                .orElse(null);
    }

    String systemLeader() {
        await().atMost(PATIENCE).until(() -> nodes.values().stream()
                .anyMatch(node -> node.system().leads()));
        return nodes.values().stream()
                .filter(node -> node.system().leads())
                .findFirst()
                .orElseThrow()
                .tag();
    }

    static CommitResult put(ReplicatedStore store, String id, String body) {
        return get(store.commit(transaction(id, body)));
    }

    static Transaction transaction(String id, String body) {
        return Transaction.of(List.of(new Write.PutDocument(id, "Items", Json.parse(body), null)), 1_000);
    }

    static <T> T get(java.util.concurrent.CompletableFuture<T> future) {
        return future.orTimeout(PATIENCE.toSeconds() + 10, TimeUnit.SECONDS).join();
    }

    /** All replicas have the same state at an index that all have applied. */
    void assertReplicasEqual(String database) {
        assertReplicasEqual(database, List.copyOf(nodes.keySet()));
    }

    void assertReplicasEqual(String database, List<String> tags) {
        long index = get(shard(leader(database), database).commit(transaction("same/" + System.nanoTime(), "{}")))
                .index();
        List<StateHash> hashes = tags.stream()
                .map(tag -> get(shard(tag, database).stateHash(index)))
                .toList();
        assertThat(hashes).allMatch(hashes.get(0)::equals);
    }

    @Override
    public void close() {
        nodes.values().forEach(ClusterNode::close);
        nodes.clear();
    }
}
