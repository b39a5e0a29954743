package io.rookery.samples.servers;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/**
 * A real Kafka broker (KRaft, one node) in this JVM on a loopback port. It can be stopped and started again on the same
 * data and port. One owner thread.
 */
public final class EmbeddedKafkaServer implements AutoCloseable {
    private final Path data;
    private final int port = Ports.free();
    private final int controllerPort = Ports.free();
    private KafkaRaftServer server;
    private TemporaryFolder temporary;

    private EmbeddedKafkaServer(Path data) {
        this.data = data;
    }

    /** Starts on a new temporary folder. */
    public static EmbeddedKafkaServer start() {
        TemporaryFolder folder = TemporaryFolder.create("rookery-kafka");
        EmbeddedKafkaServer server = start(folder.path());
        server.temporary = folder;
        return server;
    }

    /** Starts on an empty folder. */
    public static EmbeddedKafkaServer start(Path data) {
        EmbeddedKafkaServer kafka = new EmbeddedKafkaServer(data);
        kafka.format();
        kafka.startAgain();
        return kafka;
    }

    private void format() {
        try {
            new Formatter()
                    .setClusterId(Uuid.randomUuid().toString())
                    .setNodeId(1)
                    .setDirectories(new TreeSet<>(Set.of(data.toString())))
                    .setMetadataLogDirectory(data.toString())
                    .setControllerListenerName("CONTROLLER")
                    .setReleaseVersion(MetadataVersion.latestProduction())
                    .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                    .run();
        } catch (Exception e) {
            throw new IllegalStateException("Kafka's folder could not be formatted: " + data, e);
        }
    }

    /** Starts again after {@link #stop()}, on the same data and port. */
    public void startAgain() {
        if (server == null) {
            server = new KafkaRaftServer(new KafkaConfig(properties()), Time.SYSTEM);
            server.startup();
        }
    }

    /** Stops the broker and keeps its data. */
    public void stop() {
        if (server != null) {
            server.shutdown();
            server.awaitShutdown();
            server = null;
        }
    }

    private Properties properties() {
        Properties properties = new Properties();
        properties.put("process.roles", "broker,controller");
        properties.put("node.id", "1");
        properties.put("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
        properties.put("listeners", "PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort);
        properties.put("advertised.listeners", "PLAINTEXT://127.0.0.1:" + port);
        properties.put("controller.listener.names", "CONTROLLER");
        properties.put("inter.broker.listener.name", "PLAINTEXT");
        properties.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        properties.put("log.dirs", data.toString());
        properties.put("message.max.bytes", String.valueOf(20 << 20));
        properties.put("auto.create.topics.enable", "true");
        properties.put("group.initial.rebalance.delay.ms", "0");
        // one broker cannot keep more than one copy, and one partition of the internal topics is enough
        properties.put("offsets.topic.replication.factor", "1");
        properties.put("offsets.topic.num.partitions", "1");
        properties.put("transaction.state.log.replication.factor", "1");
        properties.put("transaction.state.log.min.isr", "1");
        properties.put("transaction.state.log.num.partitions", "1");
        properties.put("share.coordinator.state.topic.replication.factor", "1");
        properties.put("share.coordinator.state.topic.min.isr", "1");
        properties.put("num.network.threads", "2");
        properties.put("num.io.threads", "2");
        properties.put("log.cleaner.dedupe.buffer.size", String.valueOf(8 << 20));
        return properties;
    }

    public int port() {
        return port;
    }

    public String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    /** Stops the broker; a temporary folder goes with it. */
    @Override
    public void close() {
        stop();
        if (temporary != null) {
            temporary.close();
        }
    }
}
