package io.rookery.sinks.kafka;

import io.rookery.api.Checkpoint;
import io.rookery.api.TransientSinkException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** What is asked of the brokers beside the producer's work. Waits for each answer, and throws what {@link KafkaFailures} says. */
final class KafkaCluster implements AutoCloseable {
    /** A question that the admin client answers later. */
    @FunctionalInterface
    private interface Question<T> {
        KafkaFuture<T> ask(Admin admin);
    }

    private final KafkaConnection connection;
    private final Admin admin;

    KafkaCluster(KafkaConnection connection) {
        this.connection = connection;
        try {
            this.admin = Admin.create(connection.client());
        } catch (KafkaException e) {
            throw KafkaFailures.of(e, connection);
        }
    }

    /** Makes the topic when it is missing, as the brokers' defaults say. */
    void ensureTopic(String topic) {
        try {
            get(open -> open.describeTopics(List.of(topic)).allTopicNames());
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                throw KafkaFailures.of(e, connection);
            }
            create(topic);
        }
    }

    private void create(String topic) {
        Optional<Integer> partitions = topic.equals(KafkaTarget.CHECKPOINTS) ? Optional.of(1) : Optional.empty();
        try {
            get(open -> open.createTopics(List.of(new NewTopic(topic, partitions, Optional.empty())))
                    .all());
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw KafkaFailures.of(e, connection);
            }
        }
    }

    /**
     * The task's checkpoint.
     *
     * @param settled waits for transactions that are under way to end; they do once a producer has taken the id over
     */
    Checkpoint checkpoint(KafkaPlace place, boolean settled) {
        try {
            return KafkaPlace.read(get(open -> open.listConsumerGroupOffsets(
                                    place.group(), new ListConsumerGroupOffsetsOptions().requireStable(settled))
                            .partitionsToOffsetAndMetadata())
                    .get(place.partition()));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof GroupIdNotFoundException) {
                return Checkpoint.NONE;
            }
            throw KafkaFailures.of(e, connection);
        }
    }

    private <T> T get(Question<T> question) throws ExecutionException {
        try {
            return question.ask(admin).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TransientSinkException("Interrupted while asking " + connection, e);
        } catch (KafkaException e) {
            throw KafkaFailures.of(e, connection);
        }
    }

    @Override
    public void close() {
        admin.close(Duration.ZERO);
    }
}
