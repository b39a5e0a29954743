package io.rookery.sinks.kafka;

import io.rookery.api.Checkpoint;
import io.rookery.api.Json;
import io.rookery.api.RookeryException;
import io.rookery.api.SinkRequest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Where a task's checkpoint lies in Kafka: the group's offset is the sequence number, its metadata has epoch and retried
 * change. An offset that somebody set by hand has no metadata and counts all the same.
 */
record KafkaPlace(String group, String transactionalId, TopicPartition partition) {
    static KafkaPlace of(SinkRequest request, String topic) {
        String name = "rookery-" + request.cluster() + '-' + request.task();
        return new KafkaPlace(
                request.shard() == 0 ? name : name + '.' + request.shard(), // no task's name has a dot
                name + '-' + request.shard(),
                new TopicPartition(topic, 0));
    }

    /** The group without members: nobody but the owner of the transactional id commits. */
    @SuppressWarnings("removal") // until Kafka has a way to name a group without opening a consumer
    ConsumerGroupMetadata asGroup() {
        return new ConsumerGroupMetadata(group, -1, "", Optional.empty());
    }

    static OffsetAndMetadata stored(Checkpoint checkpoint) {
        Map<String, Object> more = new LinkedHashMap<>();
        more.put("epoch", checkpoint.epoch());
        more.put("retried", checkpoint.retried());
        return new OffsetAndMetadata(checkpoint.sequence(), Json.of(more).toString());
    }

    /** @param found null when there is none */
    static Checkpoint read(OffsetAndMetadata found) {
        return found == null
                ? Checkpoint.NONE
                : new Checkpoint(number(found, "epoch"), found.offset(), number(found, "retried"));
    }

    private static long number(OffsetAndMetadata found, String name) {
        if (found.metadata().isEmpty()) {
            return 0;
        }
        try {
            return Json.parse(found.metadata()).asObject().get(name) instanceof Long number ? number : 0;
        } catch (RookeryException e) {
            return 0; // another tool's words
        }
    }
}
