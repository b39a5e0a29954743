package io.rookery.sinks.kafka;

import io.rookery.api.Batch;
import io.rookery.api.Change;
import io.rookery.sinks.kafka.RecordFormat.Loaded;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** Makes a batch's records in the order of its changes. Rejects a change before anything is sent. */
final class KafkaRecords {
    /** A record with the sequence number of its change. */
    record Outgoing(long sequence, ProducerRecord<byte[], byte[]> record) {}

    private final KafkaTarget target;
    private final List<Outgoing> out = new ArrayList<>();

    private KafkaRecords(KafkaTarget target) {
        this.target = target;
    }

    static List<Outgoing> of(Batch batch, KafkaTarget target) {
        KafkaRecords records = new KafkaRecords(target);
        Change former = null;
        int index = 0;
        for (Change change : batch.changes()) {
            index = former != null && former.sequence() == change.sequence() ? index + 1 : 0;
            records.add(new Loaded(change, index));
            former = change;
        }
        return records.out;
    }

    private void add(Loaded loaded) {
        if (!loaded.change().isDelete()) {
            add(loaded, target.format().value(loaded));
            return;
        }
        if (target.deletes().event()) {
            add(loaded, target.format().value(loaded));
        }
        if (target.deletes().tombstone()) {
            add(loaded, null);
        }
    }

    /** The timestamp is the producer's: one of an old change would let the topic's retention take the record at once. */
    private void add(Loaded loaded, byte[] value) {
        Change change = loaded.change();
        Headers headers = new RecordHeaders();
        target.format().addHeaders(loaded, headers);
        target.headers().forEach((name, field) -> {
            String text = field.text(change);
            if (text != null) {
                RecordFormat.add(headers, name, text);
            }
        });
        byte[] key = target.key().required(change).getBytes(StandardCharsets.UTF_8);
        out.add(new Outgoing(
                change.sequence(), new ProducerRecord<>(target.topicOf(change), null, null, key, value, headers)));
    }
}
