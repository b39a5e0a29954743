package io.rookery.samples.shop;

import io.rookery.api.Json;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * Everything that a topic holds for {@code read_committed} readers, by key, in order. A commit is answered before its
 * markers are in the topic, so the end is that of a reader of everything: the other one gets there when they are.
 */
final class KafkaHistory {
    /**
     * One record.
     *
     * @param sequence of the change
     * @param body null for a tombstone
     */
    record Delivery(long sequence, Json body) {}

    private KafkaHistory() {}

    static Map<String, List<Delivery>> read(String servers, String topic) {
        Map<String, List<Delivery>> history = new LinkedHashMap<>();
        try (KafkaConsumer<String, byte[]> everything = consumer(servers, "read_uncommitted");
                KafkaConsumer<String, byte[]> consumer = consumer(servers, "read_committed")) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = everything.endOffsets(partitions);
            while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
                for (ConsumerRecord<String, byte[]> found : consumer.poll(Duration.ofMillis(200))) {
                    history.computeIfAbsent(found.key(), absent -> new ArrayList<>())
                            .add(new Delivery(
                                    sequence(found), found.value() == null ? null : Json.trusted(found.value())));
                }
            }
        }
        return history;
    }

    private static KafkaConsumer<String, byte[]> consumer(String servers, String isolation) {
        return new KafkaConsumer<>(
                Map.of("bootstrap.servers", servers, "isolation.level", isolation),
                new StringDeserializer(),
                new ByteArrayDeserializer());
    }

    private static long sequence(ConsumerRecord<String, byte[]> found) {
        Header header = found.headers().lastHeader("ce_sequence");
        if (header == null) {
            throw new IllegalStateException("A record of " + found.key() + " has no sequence number");
        }
        return Long.parseLong(new String(header.value(), StandardCharsets.UTF_8));
    }
}
