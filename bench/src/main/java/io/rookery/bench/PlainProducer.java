package io.rookery.bench;

import io.rookery.api.FeedPage;
import io.rookery.api.FeedRequest;
import io.rookery.cluster.ReplicatedStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The same documents by a plain transactional producer with a sink's settings, {@value #RECORDS} a transaction. */
final class PlainProducer implements AutoCloseable {
    static final int RECORDS = 1_000;

    private final KafkaProducer<byte[], byte[]> producer;
    private final List<ProducerRecord<byte[], byte[]>> records;

    PlainProducer(String servers, List<ProducerRecord<byte[], byte[]>> records) {
        this.records = records;
        producer = new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        servers,
                        ProducerConfig.TRANSACTIONAL_ID_CONFIG,
                        "plain",
                        ProducerConfig.ACKS_CONFIG,
                        "all",
                        ProducerConfig.COMPRESSION_TYPE_CONFIG,
                        "lz4",
                        ProducerConfig.LINGER_MS_CONFIG,
                        2,
                        ProducerConfig.BATCH_SIZE_CONFIG,
                        128 << 10),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        producer.initTransactions();
    }

    /** What the collection's documents are as records. */
    static List<ProducerRecord<byte[], byte[]>> records(ReplicatedStore store, String collection, String topic) {
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        long after = 0;
        FeedPage page;
        do {
            page = store.read(new FeedRequest(after, RECORDS, 8 << 20, collection, false));
            page.changes()
                    .forEach(change -> records.add(new ProducerRecord<>(
                            topic,
                            change.id().getBytes(java.nio.charset.StandardCharsets.UTF_8),
                            change.document().bytes())));
            after = page.last();
        } while (page.last() < page.head());
        return records;
    }

    void sendAll() {
        for (int from = 0; from < records.size(); from += RECORDS) {
            producer.beginTransaction();
            records.subList(from, Math.min(from + RECORDS, records.size())).forEach(producer::send);
            producer.commitTransaction();
        }
    }

    @Override
    public void close() {
        producer.close();
    }
}
