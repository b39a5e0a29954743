package io.rookery.sinks.kafka;

import io.rookery.api.Change;
import io.rookery.api.ErrorCode;
import io.rookery.api.RejectedChangeException;
import io.rookery.api.Setting;
import io.rookery.api.SinkRequest;
import io.rookery.api.Values;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The {@code to:} block of a task that delivers to Kafka.
 *
 * @param fixedTopic null when the topic differs from change to change
 * @param headers the task's own, by name
 */
record KafkaTarget(
        String fixedTopic,
        RecordField topic,
        RecordField key,
        RecordFormat format,
        Deletes deletes,
        Map<String, RecordField> headers) {
    /** What a delete becomes. */
    enum Deletes {
        TOMBSTONE,
        EVENT,
        BOTH,
        NONE;

        boolean event() {
            return this == EVENT || this == BOTH;
        }

        boolean tombstone() {
            return this == TOMBSTONE || this == BOTH;
        }
    }

    /** Where the checkpoint lies when the task has no topic of its own. */
    static final String CHECKPOINTS = "rookery-checkpoints";

    private static final Pattern TOPIC = Pattern.compile("(?!\\.{1,2}$)(?!__)[A-Za-z0-9._-]{1,249}");

    static KafkaTarget of(SinkRequest request) {
        Setting to = request.to();
        to.only("kafka", "topic", "key", "format", "cloudevents", "headers", "deletes", "before", "when_filtered");
        Values values = new Values(request.expressions());
        Setting topic = to.get("topic");
        boolean computed = RecordField.isComputed(topic);
        if (!computed && !isTopic(topic.text())) {
            throw topic.error(wrongTopic(topic.text()));
        }
        RecordFormat format = format(request, values);
        return new KafkaTarget(
                computed ? null : topic.text(),
                RecordField.constant(topic, values),
                RecordField.path(to.find("key").orElse(Setting.of("$id")), values),
                format,
                deletes(to, format),
                headers(to, values));
    }

    private static RecordFormat format(SinkRequest request, Values values) {
        Setting to = request.to();
        Setting format = to.find("format").orElse(Setting.of("plain"));
        String name = format.oneOf("plain", "cloudevents", "debezium", "avro", "protobuf");
        to.find("cloudevents").filter(found -> !name.equals("cloudevents")).ifPresent(found -> {
            throw found.error("Expected 'cloudevents' only with 'format: cloudevents' but found the format " + name);
        });
        to.find("before")
                .filter(found -> found.flag() && !name.equals("debezium"))
                .ifPresent(found -> {
                    throw found.error("Expected 'before' only with 'format: debezium' but found the format " + name);
                });
        return switch (name) {
            case "plain" -> new PlainFormat();
            case "cloudevents" -> CloudEventFormat.of(request, values);
            case "debezium" -> new DebeziumFormat(request.cluster(), request.task(), to.flag("before", false));
            default ->
                throw format.error(
                        ErrorCode.NOT_SUPPORTED,
                        "This version does not have the format '" + name + "'; it has plain, cloudevents and debezium");
        };
    }

    private static Deletes deletes(Setting to, RecordFormat format) {
        Setting deletes = to.find("deletes").orElse(null);
        if (deletes == null) {
            return format instanceof DebeziumFormat ? Deletes.BOTH : Deletes.TOMBSTONE;
        }
        Deletes found = Deletes.valueOf(
                deletes.oneOf("tombstone", "event", "both", "none").toUpperCase(Locale.ROOT));
        if (found.event() && format instanceof PlainFormat) {
            throw deletes.error("Expected tombstone or none, as a plain record has no form for a delete, but found "
                    + deletes.text());
        }
        return found;
    }

    private static Map<String, RecordField> headers(Setting to, Values values) {
        Map<String, RecordField> headers = new LinkedHashMap<>();
        to.find("headers").ifPresent(found -> found.mapping().forEach((name, value) -> {
            String lower = name.toLowerCase(Locale.ROOT);
            if (name.isBlank()
                    || lower.startsWith("ce_")
                    || lower.startsWith("rookery-")
                    || lower.equals("content-type")) {
                throw value.error("The header '" + name + "' is the format's own");
            }
            headers.put(name, RecordField.path(value, values));
        }));
        return headers;
    }

    private static boolean isTopic(String name) {
        return TOPIC.matcher(name).matches();
    }

    private static String wrongTopic(String name) {
        return "Expected a topic of at most 249 letters, digits, dots, dashes and underscores, not Kafka's own, but found '"
                + name + "'";
    }

    String checkpointTopic() {
        return fixedTopic == null ? CHECKPOINTS : fixedTopic;
    }

    String topicOf(Change change) {
        if (fixedTopic != null) {
            return fixedTopic;
        }
        String name = topic.required(change);
        if (!isTopic(name)) {
            throw new RejectedChangeException(change.sequence(), wrongTopic(name) + " for " + change.id(), null);
        }
        return name;
    }
}
