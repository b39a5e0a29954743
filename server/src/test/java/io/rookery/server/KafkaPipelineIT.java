package io.rookery.server;

import static io.rookery.server.blackbox.Tasks.soon;
import static org.assertj.core.api.Assertions.assertThat;

import io.rookery.samples.servers.EmbeddedKafkaServer;
import io.rookery.server.blackbox.Answer;
import io.rookery.server.blackbox.Api;
import io.rookery.server.blackbox.Nodes;
import io.rookery.server.blackbox.Tasks;
import io.rookery.server.process.ServerProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a node's documents to Kafka while the broker is away and the node is killed: each change once, in order. */
final class KafkaPipelineIT {
    private static final String TASK =
            """
            task: notes-out
            from: { collection: Notes }
            to: { kafka: main, topic: notes, key: $id, format: plain, deletes: tombstone }
            batch: { max: 10, wait: 50ms }
            on_error: { retry: 200ms..1s }
            """;
    /** A client that notices soon that its broker is away. */
    private static final String CONNECTION =
            """
            kafka:
              servers: ['%s']
              properties:
                request.timeout.ms: 3000
                default.api.timeout.ms: 5000
                max.block.ms: 5000
                delivery.timeout.ms: 5000
            """;

    private static final int DOCUMENTS = 20;

    @TempDir
    private Path folder;

    private Api api;

    @Test
    void shouldSendEachChangeOnceWhenBrokerIsAwayAndNodeIsKilled() {
        try (EmbeddedKafkaServer broker = EmbeddedKafkaServer.start(folder.resolve("kafka"));
                Nodes nodes = Nodes.start(folder, 1).withDatabase("notes", 1)) {
            api = nodes.api(0);
            ServerProcess node = nodes.all().get(0);
            Tasks tasks = new Tasks(api, "notes");
            Answer put = api.put("/connections/main", CONNECTION.formatted(broker.bootstrapServers()));
            assertThat(put.isOk()).as(put.toString()).isTrue();
            tasks.put(TASK);
            putAll(1);
            soon(() -> assertThat(records(broker)).hasSize(DOCUMENTS));

            broker.stop();
            putAll(2);
            assertThat(tasks.awaitState("notes-out", "WAITING")).contains("SINK_UNREACHABLE");
            broker.startAgain();
            soon(() -> assertThat(records(broker)).hasSizeGreaterThan(DOCUMENTS));
            node.kill();
            node.start();
            node.awaitReady(Duration.ofSeconds(60));
            putAll(3);
            assertThat(api.delete(path(0)).status()).isEqualTo(204);
            soon(() -> assertThat(records(broker)).hasSizeGreaterThanOrEqualTo(3 * DOCUMENTS + 1));
            tasks.awaitCaughtUp("notes-out");

            List<ConsumerRecord<String, String>> all = records(broker);
            assertThat(all).hasSize(3 * DOCUMENTS + 1);
            for (int id = 0; id < DOCUMENTS; id++) {
                String key = "notes/" + id;
                List<String> expected = new ArrayList<>(List.of("{\"n\":1}", "{\"n\":2}", "{\"n\":3}"));
                if (id == 0) {
                    expected.add(null);
                }
                assertThat(all.stream().filter(record -> record.key().equals(key)))
                        .extracting(ConsumerRecord::value)
                        .containsExactlyElementsOf(expected);
            }
        }
    }

    private static String path(int id) {
        return "/databases/notes/docs?id=notes/" + id;
    }

    private void putAll(int n) {
        for (int id = 0; id < DOCUMENTS; id++) {
            Answer put = api.put(path(id), "{\"n\":" + n + ",\"@metadata\":{\"@collection\":\"Notes\"}}");
            assertThat(put.isOk()).as(put.toString()).isTrue();
        }
    }

    /** Everything committed in the topic by now. */
    private static List<ConsumerRecord<String, String>> records(EmbeddedKafkaServer broker) {
        Map<String, Object> settings = Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                broker.bootstrapServers(),
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed",
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false);
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor("notes").stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(Set.copyOf(partitions));
            List<ConsumerRecord<String, String>> records = new ArrayList<>();
            while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
            }
            return records;
        }
    }
}
