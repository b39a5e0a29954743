package io.rookery.server.tasks;

import io.rookery.api.ChangeVector;
import io.rookery.api.Document;
import io.rookery.api.Json;
import io.rookery.etl.task.TaskDefinition;
import io.rookery.etl.task.TaskFile;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A task as the system shard keeps it.
 *
 * @param paused by an operator; {@code enabled: false} is in the definition
 * @param revision counts the changes of its text
 * @param version of the document; {@link ChangeVector#NONE} before it is stored
 */
public record StoredTask(
        TaskDefinition definition, String database, boolean paused, long revision, ChangeVector version) {

    static StoredTask of(Document document) {
        Map<String, Object> body = document.body().asObject();
        String name = (String) body.get("task");
        return new StoredTask(
                TaskFile.parse(name + ".yaml", (String) body.get("text")).get(0),
                (String) body.get("database"),
                Boolean.TRUE.equals(body.get("paused")),
                (Long) body.get("revision"),
                document.changeVector());
    }

    /** What the cluster's supervisor reads of it is {@code unit} and {@code database}. */
    Json body() {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("task", name());
        body.put("database", database);
        body.put("unit", unit());
        body.put("paused", paused);
        body.put("revision", revision);
        body.put("text", definition.text());
        return Json.of(body);
    }

    public String name() {
        return definition.name();
    }

    public String unit() {
        return definition.unit();
    }

    StoredTask paused(boolean now) {
        return new StoredTask(definition, database, now, revision, version);
    }
}
