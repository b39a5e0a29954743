package io.rookery.sinks.kafka;

import io.rookery.api.Change;
import io.rookery.api.Json;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.common.header.Headers;

/** Debezium's envelope without schema: {@code before, after, source, op, ts_ms}. */
record DebeziumFormat(String cluster, String task, boolean before) implements RecordFormat {
    @Override
    public byte[] value(Loaded loaded) {
        Change change = loaded.change();
        Map<String, Object> source = new LinkedHashMap<>();
        source.put("connector", "rookery");
        source.put("name", task);
        source.put("db", cluster);
        source.put("collection", change.collection());
        source.put("id", change.id());
        source.put("sequence", change.sequence());
        source.put("ts_ms", change.timestamp());
        Map<String, Object> envelope = new LinkedHashMap<>();
        envelope.put("before", before ? change.before() : null);
        envelope.put("after", change.document());
        envelope.put("source", source);
        envelope.put(
                "op",
                switch (change.operation()) {
                    case INSERT -> "c";
                    case UPDATE -> "u";
                    case DELETE -> "d";
                });
        envelope.put("ts_ms", change.timestamp());
        return Json.of(envelope).bytes();
    }

    @Override
    public void addHeaders(Loaded loaded, Headers headers) {
        PlainFormat.addPlace(loaded, headers);
    }
}
