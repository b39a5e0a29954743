package io.rookery.server.tasks;

import io.rookery.api.ChangeVector;
import io.rookery.api.Document;
import io.rookery.api.Json;
import io.rookery.cluster.topology.TaskUnit;
import io.rookery.cluster.topology.Topology;
import io.rookery.etl.task.TaskDefinition;
import io.rookery.etl.task.TaskFile;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A task as the system shard keeps it.
 *
 * @param paused by an operator; {@code enabled: false} is in the definition
 * @param revision counts the changes of its text
 * @param erased of a deleted task: numbers of the shards where nothing of it is left
 * @param version of the document; {@link ChangeVector#NONE} before it is stored
 */
public record StoredTask(
        TaskDefinition definition,
        String database,
        boolean paused,
        long revision,
        Set<Integer> erased,
        ChangeVector version) {
    public StoredTask {
        erased = Set.copyOf(erased);
    }

    static StoredTask of(Document document) {
        Map<String, Object> body = document.body().asObject();
        String name = (String) body.get("task");
        return new StoredTask(
                TaskFile.parse(name + ".yaml", (String) body.get("text")).get(0),
                (String) body.get("database"),
                Boolean.TRUE.equals(body.get("paused")),
                (Long) body.get("revision"),
                shards(body.get("erased")),
                document.changeVector());
    }

    private static Set<Integer> shards(Object stored) {
        return stored instanceof List<?> numbers
                ? numbers.stream().map(number -> ((Long) number).intValue()).collect(Collectors.toSet())
                : Set.of();
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
        if (!erased.isEmpty()) {
            body.put("erased", erased.stream().sorted().toList());
        }
        return Json.of(body);
    }

    public String name() {
        return definition.name();
    }

    public String unit() {
        return definition.unit();
    }

    /** What of it is assigned to nodes, by shard. */
    List<TaskUnit> units(Topology topology) {
        return TaskUnit.of(unit(), database, topology.databases());
    }

    StoredTask paused(boolean now) {
        return new StoredTask(definition, database, now, revision, erased, version);
    }

    StoredTask erasedFrom(Set<Integer> shards) {
        return new StoredTask(definition, database, paused, revision, shards, version);
    }
}
