package io.rookery.samples.shop;

import io.rookery.etl.task.ConnectionsFile;
import io.rookery.etl.task.TaskFile;
import io.rookery.samples.servers.EmbeddedPostgresServer;
import io.rookery.samples.shop.Victims.Victim;
import io.rookery.server.process.ServerProcess;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.BooleanSupplier;

/**
 * The whole story on a started cluster: the sample's YAML is applied, the writer lives in the shop, nodes are killed
 * with SIGKILL and started again, the feed drains, and everything is compared with everything. One thread.
 */
final class ShopRun implements AutoCloseable {
    private static final Duration TAKEOVER = Duration.ofMinutes(1);
    private static final Duration READY = Duration.ofMinutes(2);
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final ShopCluster cluster;
    private final RunOptions options;
    private final RunView view;
    private final ShopClient client;
    private final Random random;
    private final List<Takeover> takeovers = new ArrayList<>();
    private final LiveWriter writer;
    private List<TaskView> tasks = List.of();
    private String killed;
    private long start;
    private long shown;

    ShopRun(ShopCluster cluster, RunOptions options, RunView view) throws SQLException {
        this.cluster = cluster;
        this.options = options;
        this.view = view;
        this.client = new ShopClient(cluster.urls());
        this.random = new Random(options.seed());
        this.writer = new LiveWriter(cluster.legacyConnection(), options);
    }

    /** Makes the database and applies the sample's secrets, connections and tasks. */
    void apply() {
        client.put("/databases/" + ShopCluster.DATABASE + "?replicas=3", "");
        client.put("/secrets/legacy", EmbeddedPostgresServer.PASSWORD);
        client.put("/secrets/dwh", EmbeddedPostgresServer.PASSWORD);
        ConnectionsFile.parse("connections.yaml", ShopFiles.connections())
                .forEach(connection -> client.put("/connections/" + connection.name(), connection.text()));
        ShopFiles.tasks().stream()
                .flatMap(text -> TaskFile.parse("samples/shop/tasks", text).stream())
                .forEach(task -> {
                    client.put("/tasks/" + task.name() + "?database=" + ShopCluster.DATABASE, task.text());
                    view.event("Task " + task.name() + " is applied: " + task.description());
                });
        start = System.nanoTime();
    }

    /** The writer works and nodes are killed, as the options say; then all must be equal. */
    RunResult run() throws SQLException {
        writer.start();
        Victims victims = new Victims(options.kills(), random);
        for (int kill = 0; kill < options.kills(); kill++) {
            pass(untilNextKill());
            kill(victims, kill);
        }
        pass(Duration.ofSeconds(options.seconds()).minusNanos(System.nanoTime() - start));
        writer.stop();
        view.event("The writer has stopped after " + writer.steps() + " transactions with " + writer.rows()
                + " changed rows; now everything must become equal");
        return drained();
    }

    /** A single kill comes at half time; of many, each at a random moment. */
    private Duration untilNextKill() {
        long mean = options.seconds() * 1_000L / (options.kills() + 1);
        return Duration.ofMillis(options.kills() == 1 ? mean : mean / 2 + random.nextLong(mean + 1));
    }

    private void pass(Duration time) {
        await(time, () -> false);
    }

    private void kill(Victims victims, int number) {
        Optional<Victim> chosen = Optional.empty();
        for (long end = System.nanoTime() + TAKEOVER.toNanos(); chosen.isEmpty() && System.nanoTime() < end; ) {
            await(SECOND.dividedBy(5), () -> false);
            chosen = victims.next(
                    number, client.leader(ShopCluster.DATABASE), client.tasks().orElse(tasks));
        }
        Victim victim = chosen.orElseThrow(
                () -> new IllegalStateException("Found no node to kill within " + TAKEOVER + "; tasks: " + tasks));
        List<TaskView> before = client.tasks().orElse(tasks).stream()
                .filter(task -> task.owner().equals(victim.node()))
                .toList();
        ServerProcess node = cluster.node(victim.node());
        view.event("kill -9 of node " + victim.node() + " (process " + node.pid() + "): " + victim.why());
        killed = victim.node();
        long at = System.nanoTime();
        node.kill();
        List<Takeover> seen = takeovers(before, at);
        takeovers.addAll(seen);
        view.killed(victim.role().name(), victim.node(), seen);
        node.start();
        if (!await(READY, () -> cluster.nodes().values().stream().allMatch(ServerProcess::isReady))) {
            throw new IllegalStateException("Not all nodes are ready " + READY.toSeconds() + " s after the kill of "
                    + victim.node() + "; see the logs in " + cluster.folder());
        }
        killed = null;
        view.event("Node " + victim.node() + " is back; all three are ready again");
    }

    /** Waits until each task runs on another node, in a later epoch. */
    private List<Takeover> takeovers(List<TaskView> before, long killedAt) {
        Map<String, Takeover> seen = new LinkedHashMap<>();
        await(TAKEOVER, () -> {
            List<TaskView> now = client.tasks().orElse(List.of());
            for (TaskView former : before) {
                now.stream()
                        .filter(task -> task.task().equals(former.task()) && task.runs())
                        .filter(task -> !task.owner().equals(former.owner()) && task.epoch() > former.epoch())
                        .findFirst()
                        .ifPresent(task ->
                                seen.putIfAbsent(task.task(), new Takeover(former, task, millisSince(killedAt))));
            }
            return seen.size() == before.size();
        });
        return before.stream()
                .map(former -> seen.getOrDefault(former.task(), new Takeover(former, null, millisSince(killedAt))))
                .toList();
    }

    private static long millisSince(long nanos) {
        return (System.nanoTime() - nanos) / 1_000_000;
    }

    /** Compares until all is equal, or the time is over. */
    private RunResult drained() throws SQLException {
        long stopped = System.nanoTime();
        Duration patience = Duration.ofSeconds(180 + 30L * options.scale());
        ShopComparison.Verdict[] last = new ShopComparison.Verdict[1];
        long[] next = new long[1];
        await(patience, () -> {
            // what is compared takes the processor from what is awaited: at most half of the time
            if (System.nanoTime() - stopped < next[0]) {
                return false;
            }
            long began = System.nanoTime();
            last[0] = compared();
            next[0] = System.nanoTime() - stopped + Math.max(SECOND.toNanos(), System.nanoTime() - began);
            return last[0].equal();
        });
        Map<String, Long> resident = new LinkedHashMap<>();
        cluster.nodes().forEach((tag, node) -> resident.put(tag, node.residentBytes()));
        RunResult result = new RunResult(
                last[0], takeovers, options.kills(), writer.steps(), writer.rows(), millisSince(stopped), resident);
        view.result(result);
        return result;
    }

    private ShopComparison.Verdict compared() {
        Map<String, Map<String, Object>> documents = client.documents(ShopCluster.DATABASE, "orders/");
        documents.putAll(client.documents(ShopCluster.DATABASE, "customers/"));
        ShopComparison comparison = new ShopComparison(documents);
        try (Connection legacy = cluster.legacyConnection();
                Connection reporting = cluster.reportingConnection()) {
            comparison.withSource(new ShopSource(legacy).documents());
            comparison.withReporting(reporting);
        } catch (SQLException e) {
            throw new IllegalStateException("The databases cannot be compared: " + e.getMessage(), e);
        }
        comparison.withKafka(KafkaHistory.read(cluster.kafkaServers(), ShopCluster.TOPIC));
        return comparison.verdict();
    }

    /** Shows the tasks every second while it waits; false when the time was over first. */
    private boolean await(Duration atMost, BooleanSupplier done) {
        long end = System.nanoTime() + atMost.toNanos();
        while (System.nanoTime() < end) {
            if (done.getAsBoolean()) {
                return true;
            }
            show();
            java.util.concurrent.locks.LockSupport.parkNanos(
                    Math.min(Duration.ofMillis(100).toNanos(), end - System.nanoTime()));
        }
        return done.getAsBoolean();
    }

    private void show() {
        if (cluster.isClosed()) {
            throw new IllegalStateException("The shop was closed");
        }
        cluster.nodes().forEach((tag, node) -> {
            if (!tag.equals(killed) && !node.isAlive()) {
                throw new IllegalStateException("Node " + tag + " ended by itself with exit code " + node.exitCode()
                        + "; see " + node.settings().log());
            }
        });
        if (System.nanoTime() - shown >= SECOND.toNanos()) {
            shown = System.nanoTime();
            tasks = client.tasks().orElse(tasks);
            view.tasks((shown - start) / SECOND.toNanos(), writer.steps(), tasks);
        }
    }

    /** The writer goes on and the tasks are shown until the cluster is closed. */
    void goOn() {
        writer.start();
        while (true) {
            pass(SECOND);
        }
    }

    @Override
    public void close() throws SQLException {
        writer.close();
    }
}
