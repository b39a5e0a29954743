package io.rookery.etl.source;

import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.DebeziumEngine.RecordCommitter;
import io.debezium.engine.RecordChangeEvent;
import io.rookery.api.Json;
import io.rookery.api.RowChange;
import io.rookery.api.Source.Consumer;
import io.rookery.api.SourceBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.source.SourceRecord;

/** Cuts the engine's records into batches of bounded size, and tells the engine what was committed. One thread. */
final class RecordBatches {
    private static final int LARGEST_COUNT = 1_000;
    private static final long LARGEST_SIZE = 4L << 20;

    private final Consumer consumer;
    private List<RowChange> changes = new ArrayList<>();
    private long size;

    RecordBatches(Consumer consumer) {
        this.consumer = consumer;
    }

    void accept(
            List<RecordChangeEvent<SourceRecord>> records, RecordCommitter<RecordChangeEvent<SourceRecord>> committer)
            throws InterruptedException {
        int end = records.size();
        for (int i = 0; i < end; i++) {
            RecordChangeEvent<SourceRecord> event = records.get(i);
            SourceRecord sourceRecord = event.record();
            RowChange change = RowRecords.of(sourceRecord);
            if (change != null) {
                changes.add(change);
                size += size(change);
            }
            boolean full = changes.size() >= LARGEST_COUNT || size >= LARGEST_SIZE;
            boolean turn = change != null
                    && change.kind() == RowChange.Kind.READ
                    && !snapshotRunning(sourceRecord.sourceOffset());
            if ((full || turn || i == end - 1) && !RowRecords.continued(sourceRecord)) {
                give(event, committer);
            }
        }
        committer.markBatchFinished();
    }

    private void give(RecordChangeEvent<SourceRecord> event, RecordCommitter<RecordChangeEvent<SourceRecord>> committer)
            throws InterruptedException {
        SourceRecord last = event.record();
        Map<String, ?> offset = Places.of(last.sourceOffset());
        Json place = Json.of(offset);
        boolean read = snapshotRunning(offset);
        boolean rows = changes.stream().anyMatch(change -> change.kind() == RowChange.Kind.READ);
        if (rows || !read) {
            long timestamp = RowRecords.timestamp(last);
            if (rows) {
                consumer.accept(new SourceBatch(changes, place, true, timestamp));
                changes = List.of();
            }
            if (!read) {
                consumer.accept(new SourceBatch(changes, place, false, timestamp));
            }
        }
        markProcessed(event, committer);
        changes = new ArrayList<>();
        size = 0;
    }

    /**
     * One engine reads one database, and its place is the last record's: the others need not be marked. The server must
     * not be told more than we remember.
     */
    private static void markProcessed(
            RecordChangeEvent<SourceRecord> event, RecordCommitter<RecordChangeEvent<SourceRecord>> committer)
            throws InterruptedException {
        Map<String, ?> offset = event.record().sourceOffset();
        Map<String, ?> place = Places.of(offset);
        if (place == offset) {
            committer.markProcessed(event);
        } else {
            DebeziumEngine.Offsets offsets = committer.buildOffsets();
            place.forEach(offsets::set);
            committer.markProcessed(event, offsets);
        }
    }

    private static boolean snapshotRunning(Map<String, ?> offset) {
        Object running = offset.get("snapshot");
        return running != null
                && !Boolean.FALSE.equals(running)
                && !Boolean.TRUE.equals(offset.get("last_snapshot_record"))
                && !Boolean.TRUE.equals(offset.get("snapshot_completed"));
    }

    private static long size(RowChange change) {
        long size = 0;
        if (change.after() != null) {
            for (Object value : change.after().values()) {
                size += value instanceof String text ? text.length() + 24 : 24;
            }
        }
        return size;
    }
}
