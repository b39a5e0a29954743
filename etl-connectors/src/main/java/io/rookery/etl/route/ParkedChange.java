package io.rookery.etl.route;

import io.rookery.api.Change;
import io.rookery.api.Entry;
import io.rookery.api.Json;
import io.rookery.api.Operation;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * A change that waits: one that could not be delivered, or a later one of the same document that waits behind it.
 *
 * @param error why; empty for one that only waits behind another
 * @param attempts how often delivery was tried
 * @param since when it was parked, in milliseconds since the epoch
 */
public record ParkedChange(Change change, String error, int attempts, long since) {
    public String id() {
        return change.id();
    }

    public long sequence() {
        return change.sequence();
    }

    static String prefix(String task) {
        return "parked/" + task + '/';
    }

    /** Where it stands among the parked changes of its task: a page begins after one. */
    public String key(String task) {
        return key(task, id(), sequence());
    }

    /** Where the change with this sequence number stands among the parked changes of a task. */
    public static String key(String task, String id, long sequence) {
        return prefix(task) + id + '/' + String.format("%016x", sequence);
    }

    /** The document's id in a key. */
    static String id(String task, String key) {
        return key.substring(prefix(task).length(), key.length() - 17);
    }

    static long sequence(String key) {
        return Long.parseLong(key, key.length() - 16, key.length(), 16);
    }

    ParkedChange failedAgain(String newError) {
        return new ParkedChange(change, newError, attempts + 1, since);
    }

    ParkedChange withDocument(Json document) {
        Operation operation = change.isDelete() ? Operation.UPDATE : change.operation();
        Change edited = new Change(
                change.sequence(),
                operation,
                change.id(),
                change.collection(),
                change.timestamp(),
                document,
                change.before(),
                null);
        return new ParkedChange(edited, error, attempts, since);
    }

    /** As it is stored and as the HTTP API shows it. */
    public Json toJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", change.id());
        json.put("sequence", change.sequence());
        json.put("operation", change.operation().label());
        json.put("collection", change.collection());
        json.put("timestamp", change.timestamp());
        json.put("document", change.document());
        if (change.before() != null) {
            json.put("before", change.before());
        }
        json.put("error", error);
        json.put("attempts", attempts);
        json.put("since", since);
        return Json.of(json);
    }

    static ParkedChange of(Entry entry) {
        Map<String, Object> json = Json.trusted(entry.value()).asObject();
        Change change = new Change(
                (Long) json.get("sequence"),
                Operation.valueOf(((String) json.get("operation")).toUpperCase(Locale.ROOT)),
                (String) json.get("id"),
                (String) json.get("collection"),
                (Long) json.get("timestamp"),
                body(json.get("document")),
                body(json.get("before")),
                null);
        return new ParkedChange(
                change, (String) json.get("error"), ((Long) json.get("attempts")).intValue(), (Long) json.get("since"));
    }

    private static Json body(Object value) {
        return value == null ? null : Json.of(value);
    }

    byte[] stored() {
        return toJson().toString().getBytes(StandardCharsets.UTF_8);
    }
}
