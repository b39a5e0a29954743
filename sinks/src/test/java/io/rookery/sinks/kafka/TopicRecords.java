package io.rookery.sinks.kafka;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * What a reader of committed records finds in a topic from its begin to its end. A commit is answered before its markers
 * are in the topic, so the end is that of a reader of everything: the other one gets there when they are.
 */
final class TopicRecords {
    private TopicRecords() {}

    static List<ConsumerRecord<String, String>> read(String servers, String topic) {
        try (KafkaConsumer<String, String> everything = consumer(servers, "read_uncommitted");
                KafkaConsumer<String, String> consumer = consumer(servers, "read_committed")) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = everything.endOffsets(partitions);
            List<ConsumerRecord<String, String>> found = new ArrayList<>();
            while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
                consumer.poll(Duration.ofMillis(100)).forEach(found::add);
            }
            return found;
        }
    }

    private static KafkaConsumer<String, String> consumer(String servers, String isolation) {
        return new KafkaConsumer<>(
                Map.of("bootstrap.servers", servers, "isolation.level", isolation),
                new StringDeserializer(),
                new StringDeserializer());
    }

    /** The header's text; null when it is not there. */
    static String header(ConsumerRecord<String, String> found, String name) {
        Header header = found.headers().lastHeader(name);
        return header == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }
}
