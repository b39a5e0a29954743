package io.rookery.sinks.kafka;

import io.rookery.api.Change;
import io.rookery.api.Json;
import io.rookery.api.Setting;
import io.rookery.api.SinkRequest;
import io.rookery.api.Values;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.common.header.Headers;

/**
 * CloudEvents 1.0 in Kafka's binding. The attributes are headers in both modes, so a tombstone has them too; the
 * structured mode has them in the value as well. An event's id is {@code documentId@sequence}: equal in every repetition.
 */
record CloudEventFormat(boolean structured, RecordField type, RecordField source) implements RecordFormat {
    private static final byte[] NOTHING = "null".getBytes(StandardCharsets.UTF_8);

    static CloudEventFormat of(SinkRequest request, Values values) {
        Setting settings =
                request.to().find("cloudevents").orElse(Setting.of(Map.of())).only("mode", "type", "source");
        boolean structured = settings.find("mode")
                .map(mode -> mode.oneOf("binary", "structured").equals("structured"))
                .orElse(false);
        return new CloudEventFormat(
                structured,
                RecordField.constant(settings.find("type").orElse(Setting.of("rookery.{$collection}.{$op}")), values),
                RecordField.constant(settings.find("source").orElse(Setting.of("/rookery/" + request.task())), values));
    }

    @Override
    public byte[] value(Loaded loaded) {
        Json data = loaded.change().document();
        if (!structured) {
            return data == null ? NOTHING : data.bytes();
        }
        Map<String, Object> event = new LinkedHashMap<>(attributes(loaded));
        event.put("datacontenttype", "application/json");
        if (data != null) {
            event.put("data", data);
        }
        return Json.of(event).bytes();
    }

    private Map<String, String> attributes(Loaded loaded) {
        Change change = loaded.change();
        Map<String, String> attributes = new LinkedHashMap<>();
        attributes.put("specversion", "1.0");
        attributes.put("id", change.id() + '@' + change.sequence() + (loaded.index() == 0 ? "" : "/" + loaded.index()));
        attributes.put("type", type.required(change));
        attributes.put("source", source.required(change));
        attributes.put("subject", change.id());
        attributes.put("time", Instant.ofEpochMilli(change.timestamp()).toString());
        attributes.put("sequence", String.valueOf(change.sequence()));
        return attributes;
    }

    @Override
    public void addHeaders(Loaded loaded, Headers headers) {
        attributes(loaded).forEach((name, text) -> RecordFormat.add(headers, "ce_" + name, text));
        RecordFormat.add(
                headers,
                "content-type",
                structured ? "application/cloudevents+json; charset=UTF-8" : "application/json");
    }
}
