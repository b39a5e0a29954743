package io.rookery.sinks.kafka;

import io.rookery.api.Checkpoint;
import io.rookery.api.ErrorCode;
import io.rookery.api.RejectedChangeException;
import io.rookery.api.RookeryException;
import io.rookery.sinks.kafka.KafkaRecords.Outgoing;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One producer's time as the owner of a task's transactional id, from fencing to the first failure whose outcome is
 * unknown. A transaction holds a batch's records and the checkpoint that they lead to.
 *
 * <p>The epoch is looked at twice. Before the producer takes the id, so that an owner whose time is over does not throw
 * out the new one; and after it, when nobody else can write any more, so that what is read stays true.
 */
final class KafkaSession implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaSession.class);
    private static final Duration CLOSE = Duration.ofSeconds(2);
    /** How much longer than the producer's own patience an answer is waited for. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    private final KafkaProducer<byte[], byte[]> producer;
    private final KafkaPlace place;
    private final Duration patience;
    private Checkpoint stored;

    private KafkaSession(KafkaConnection connection, KafkaPlace place) {
        this.producer = producer(connection, place);
        this.place = place;
        this.patience = connection.deliveryTimeout().plus(GRACE);
    }

    /**
     * @param own the new owner's epoch, and the place that stands in where the group has none
     * @throws RookeryException FENCED when a higher epoch has been here
     */
    static KafkaSession open(KafkaConnection connection, KafkaPlace place, Checkpoint own) {
        long epoch = own.epoch();
        try (KafkaCluster cluster = new KafkaCluster(connection)) {
            cluster.ensureTopic(place.partition().topic());
            refuseOld(cluster.checkpoint(place, false), epoch, place);
            KafkaSession session = new KafkaSession(connection, place);
            try {
                session.producer.initTransactions();
                session.stored = cluster.checkpoint(place, true);
                refuseOld(session.stored, epoch, place);
                if (session.stored.equals(Checkpoint.NONE)) {
                    session.commit(List.of(), own);
                } else if (session.stored.epoch() < epoch) {
                    session.commit(
                            List.of(), new Checkpoint(epoch, session.stored.sequence(), session.stored.retried()));
                }
                return session;
            } catch (RuntimeException e) {
                session.close();
                throw e;
            }
        }
    }

    /** @throws RookeryException FENCED when a higher epoch has been here */
    static void refuseWhenOld(KafkaConnection connection, KafkaPlace place, long epoch) {
        try (KafkaCluster cluster = new KafkaCluster(connection)) {
            refuseOld(cluster.checkpoint(place, false), epoch, place);
        }
    }

    private static void refuseOld(Checkpoint found, long epoch, KafkaPlace place) {
        if (found.epoch() > epoch) {
            throw new RookeryException(
                    ErrorCode.FENCED,
                    "Expected epoch " + found.epoch() + " or later in the group " + place.group() + " but found "
                            + epoch);
        }
    }

    private static KafkaProducer<byte[], byte[]> producer(KafkaConnection connection, KafkaPlace place) {
        Map<String, Object> settings = new HashMap<>(connection.client());
        settings.putAll(connection.producer());
        settings.put("client.id", place.transactionalId());
        settings.put("transactional.id", place.transactionalId());
        settings.put("enable.idempotence", "true");
        settings.put("acks", "all");
        return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** What the target holds, by the last commit or the first read. */
    Checkpoint stored() {
        return stored;
    }

    /**
     * Makes records and checkpoint durable together.
     *
     * @throws RejectedChangeException when one record is to blame; nothing took effect, and the session goes on
     * @throws KafkaException otherwise; the session is at its end, and what took effect is unknown
     */
    void commit(List<Outgoing> records, Checkpoint checkpoint) {
        Map<Long, Exception> failed = new ConcurrentSkipListMap<>();
        CountDownLatch open = new CountDownLatch(records.size());
        int unsent = records.size();
        producer.beginTransaction();
        try {
            for (Outgoing out : records) {
                producer.send(out.record(), (sent, failure) -> {
                    if (failure != null && KafkaFailures.ofRecord(failure)) {
                        failed.putIfAbsent(out.sequence(), failure);
                    }
                    open.countDown();
                });
                unsent--; // behind the call: one that throws never answers
            }
            awaitAnswers(open); // or a refused record would be met in the middle of the commit
            if (failed.isEmpty()) {
                // not earlier: the producer sends no records while it waits for the coordinator's answer
                producer.sendOffsetsToTransaction(
                        Map.of(place.partition(), KafkaPlace.stored(checkpoint)), place.asGroup());
                producer.commitTransaction();
                stored = checkpoint;
                return;
            }
        } catch (KafkaException e) {
            // a refused record fails what comes next, maybe before its own callback tells
            for (; unsent > 0; unsent--) {
                open.countDown();
            }
            if (!isOfRecord(e, open, failed)) {
                throw e;
            }
        }
        producer.abortTransaction();
        failed.forEach((sequence, failure) -> {
            throw new RejectedChangeException(
                    sequence,
                    "Kafka refuses the record: " + failure.getClass().getSimpleName() + ": " + failure.getMessage(),
                    failure);
        });
    }

    private boolean isOfRecord(KafkaException e, CountDownLatch open, Map<Long, Exception> failed) {
        if (failed.isEmpty() && KafkaFailures.ofRecord(KafkaFailures.root(e))) {
            awaitAnswers(open);
        }
        return !failed.isEmpty();
    }

    /**
     * As {@link KafkaProducer#flush()}, but with an end: a producer that cannot reach the transaction's coordinator looks
     * at no batch's age, and the flush would last as long as the broker is away.
     */
    private void awaitAnswers(CountDownLatch open) {
        try {
            if (!open.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new TimeoutException(
                        "Expected answers within " + patience + " but " + open.getCount() + " records have none");
            }
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    @Override
    public void close() {
        try {
            producer.close(CLOSE);
        } catch (KafkaException e) {
            LOG.info("The producer {} did not close cleanly: {}", place.transactionalId(), e.toString());
        }
    }
}
