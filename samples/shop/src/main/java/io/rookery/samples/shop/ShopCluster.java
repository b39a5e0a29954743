package io.rookery.samples.shop;

import io.rookery.samples.servers.EmbeddedKafkaServer;
import io.rookery.samples.servers.EmbeddedPostgresServer;
import io.rookery.samples.servers.Ports;
import io.rookery.samples.servers.TemporaryFolder;
import io.rookery.server.process.ServerProcess;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Everything that the sample needs, in one temporary folder: the legacy database and the reporting database as
 * PostgreSQL servers of their own, a Kafka broker in this JVM, and three nodes as processes. Closed in reverse order;
 * closing may come from another thread, as when the user presses Ctrl-C.
 */
final class ShopCluster implements AutoCloseable {
    static final String DATABASE = "shop";
    static final String TOPIC = "shop.orders.v1";
    private static final String REPORTING = "analytics";
    private static final String HEAP = "256m";
    private static final Duration START = Duration.ofMinutes(2);

    private final TemporaryFolder temporary;
    private final Path folder;
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final Map<String, ServerProcess> nodes = new LinkedHashMap<>();
    private EmbeddedPostgresServer legacy;
    private EmbeddedPostgresServer reporting;
    private EmbeddedKafkaServer kafka;
    private boolean closed;

    private ShopCluster(TemporaryFolder temporary) {
        this.temporary = temporary;
        this.folder = temporary.path();
    }

    /** An empty folder; nothing runs before {@link #start}. */
    static ShopCluster inNewFolder() {
        return new ShopCluster(TemporaryFolder.create("rookery-shop-"));
    }

    /** Starts all of it; the legacy database is filled and three nodes are ready when it returns. */
    void start(ShopGenerator generator) throws SQLException {
        legacy = opened(EmbeddedPostgresServer.start(folder.resolve("legacy"), Map.of()));
        legacy.createDatabase(DATABASE);
        try (Connection connection = legacyConnection()) {
            generator.fill(connection);
        }
        reporting = opened(EmbeddedPostgresServer.start(folder.resolve("reporting"), Map.of()));
        reporting.createDatabase(REPORTING);
        reporting.execute(REPORTING, ShopFiles.sql("reporting.sql"));
        kafka = opened(EmbeddedKafkaServer.start(folder.resolve("kafka")));
        ServerProcess founder = startNode("A", null);
        founder.awaitReady(START);
        startNode("B", founder.url());
        startNode("C", founder.url());
        for (ServerProcess node : nodes.values()) {
            node.awaitReady(START);
        }
    }

    /** A node reaches the three systems through variables that the sample's connections name. */
    private ServerProcess startNode(String tag, String join) {
        ServerProcess.Settings settings = new ServerProcess.Settings(
                        tag, folder.resolve(tag), Ports.free(), Ports.free(), join)
                .withHeap(HEAP)
                .withEnvironment(Map.of(
                        "LEGACY_PORT", String.valueOf(legacy.port()),
                        "DWH_PORT", String.valueOf(reporting.port()),
                        "KAFKA_SERVERS", kafka.bootstrapServers()));
        ServerProcess node = opened(ServerProcess.start(settings));
        nodes.put(tag, node);
        return node;
    }

    /** What has been opened while {@link #close} ran on another thread is closed at once. */
    private synchronized <T extends AutoCloseable> T opened(T part) {
        if (closed) {
            end(part);
            throw new IllegalStateException("The shop is being closed");
        }
        opened.push(part);
        return part;
    }

    Path folder() {
        return folder;
    }

    Map<String, ServerProcess> nodes() {
        return nodes;
    }

    ServerProcess node(String tag) {
        return nodes.get(tag);
    }

    List<String> urls() {
        return nodes.values().stream().map(ServerProcess::url).toList();
    }

    Connection legacyConnection() throws SQLException {
        return legacy.connect(DATABASE);
    }

    Connection reportingConnection() throws SQLException {
        return reporting.connect(REPORTING);
    }

    String legacyUrl() {
        return legacy.jdbcUrl(DATABASE);
    }

    String reportingUrl() {
        return reporting.jdbcUrl(REPORTING);
    }

    String kafkaServers() {
        return kafka.bootstrapServers();
    }

    synchronized boolean isClosed() {
        return closed;
    }

    /** Ends every process; the folder stays until {@link #delete}. */
    @Override
    public synchronized void close() {
        closed = true;
        while (!opened.isEmpty()) {
            end(opened.pop());
        }
    }

    private static void end(AutoCloseable part) {
        try {
            part.close();
        } catch (Exception e) {
            System.err.println(part.getClass().getSimpleName() + " did not end: " + e.getMessage());
        }
    }

    /** Keeps a failure beside the logs of the nodes. */
    void note(Exception failure) {
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text));
        try {
            Files.writeString(folder.resolve("demo.log"), text.toString());
        } catch (IOException e) {
            System.err.println(text);
        }
    }

    /** Deletes the folder. What cannot be deleted stays with a line that says so; it is among the temporary files. */
    void delete() {
        try {
            temporary.close();
        } catch (UncheckedIOException e) {
            System.err.println(e.getMessage());
        }
    }
}
