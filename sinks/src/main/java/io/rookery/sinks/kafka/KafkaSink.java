package io.rookery.sinks.kafka;

import io.rookery.api.Batch;
import io.rookery.api.Checkpoint;
import io.rookery.api.RejectedChangeException;
import io.rookery.api.RookeryException;
import io.rookery.api.Sink;
import io.rookery.api.TransientSinkException;
import io.rookery.sinks.kafka.KafkaRecords.Outgoing;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidTopicException;

/**
 * Delivers changes as records. One thread. A batch's records and its checkpoint are one transaction, so who reads
 * committed records sees each change once, in order; after a failure whose outcome is unknown, the offset tells it.
 */
final class KafkaSink implements Sink {
    private final KafkaTarget target;
    private final KafkaConnection connection;
    private final KafkaPlace place;
    private final Set<String> topics = new HashSet<>();
    private KafkaSession session;
    private long epoch = -1;

    KafkaSink(KafkaTarget target, KafkaConnection connection, KafkaPlace place) {
        this.target = target;
        this.connection = connection;
        this.place = place;
        topics.add(place.partition().topic()); // a session makes it
    }

    @Override
    public Checkpoint open(long newEpoch) {
        return open(newEpoch, Checkpoint.NONE);
    }

    /** Brokers drop the offsets of groups that rest for days, and keep the records. */
    @Override
    public Checkpoint open(long newEpoch, Checkpoint known) {
        disconnect();
        connect(newEpoch, known);
        epoch = newEpoch;
        Checkpoint found = session.stored();
        return found.sequence() == 0 && found.retried() == 0 ? Checkpoint.NONE : found;
    }

    private void connect(long owner, Checkpoint known) {
        try {
            session = KafkaSession.open(connection, place, new Checkpoint(owner, known.sequence(), known.retried()));
        } catch (KafkaException e) {
            throw KafkaFailures.of(e, connection);
        }
    }

    @Override
    public void write(Batch batch) {
        prepare(batch).write();
    }

    @Override
    public Prepared prepare(Batch batch) {
        List<Outgoing> records = KafkaRecords.of(batch, target);
        return () -> write(batch, records);
    }

    private void write(Batch batch, List<Outgoing> records) {
        if (epoch < 0) {
            throw new IllegalStateException("Expected an open sink for the task " + batch.task());
        }
        if (session == null) {
            connect(epoch, Checkpoint.NONE);
        }
        if (delivered(session.stored(), batch)) {
            return;
        }
        Checkpoint next = new Checkpoint(
                epoch, batch.checkpoint().sequence(), batch.checkpoint().retried());
        try {
            ensureTopics(records);
            session.commit(records, next);
        } catch (KafkaException e) {
            disconnect();
            throw failure(e);
        }
    }

    /** A commit whose answer was lost is asked for again; an empty batch that goes back is a replay. */
    private static boolean delivered(Checkpoint stored, Batch batch) {
        Checkpoint asked = batch.checkpoint();
        if (asked.sequence() < stored.sequence()) {
            return !batch.changes().isEmpty();
        }
        return asked.sequence() == stored.sequence()
                && asked.sequence() > 0
                && (asked.retried() == 0 || asked.retried() == stored.retried());
    }

    private void ensureTopics(List<Outgoing> records) {
        if (target.fixedTopic() != null) {
            return;
        }
        KafkaCluster cluster = null;
        try {
            for (Outgoing out : records) {
                if (!topics.contains(out.record().topic())) {
                    cluster = cluster == null ? new KafkaCluster(connection) : cluster;
                    ensureTopic(cluster, out);
                }
            }
        } finally {
            if (cluster != null) {
                cluster.close();
            }
        }
    }

    private void ensureTopic(KafkaCluster cluster, Outgoing out) {
        String topic = out.record().topic();
        try {
            cluster.ensureTopic(topic);
        } catch (RookeryException e) {
            if (KafkaFailures.root(e) instanceof InvalidTopicException refusal) {
                throw new RejectedChangeException(
                        out.sequence(), "Kafka refuses the topic '" + topic + "': " + refusal.getMessage(), null);
            }
            throw e;
        }
        topics.add(topic);
    }

    /**
     * Fenced by a producer, perhaps of an owner whose own time is over: only the stored epoch tells. Where it is not higher,
     * the other may be about to store its own: taking the id back at once would throw it out, so the next write does.
     */
    private RookeryException failure(KafkaException e) {
        if (!KafkaFailures.fenced(e)) {
            return KafkaFailures.of(e, connection);
        }
        try {
            KafkaSession.refuseWhenOld(connection, place, epoch);
        } catch (RookeryException refusal) {
            return refusal;
        }
        return new TransientSinkException("Another producer took " + place.transactionalId() + " for a moment", e);
    }

    private void disconnect() {
        if (session != null) {
            KafkaSession old = session;
            session = null;
            old.close();
        }
    }

    @Override
    public void close() {
        epoch = -1;
        disconnect();
    }
}
