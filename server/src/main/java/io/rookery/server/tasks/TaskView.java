package io.rookery.server.tasks;

import io.rookery.cluster.topology.TaskUnit;
import io.rookery.cluster.topology.Topology;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * A task as the HTTP API shows it: what is stored, who runs it, and what the owners tell. A delivery of several shards is
 * shown shard by shard and as one: counts are sums, the state is that of the shard that is worst off.
 */
public record TaskView(Topology topology, UnitStatuses statuses) {
    private static final List<String> WORST_FIRST =
            List.of("FAILED", "STOPPED", "UNASSIGNED", "UNKNOWN", "WAITING", "STARTING", "PAUSED", "RUNNING");
    private static final List<String> SUMS = List.of("checkpoint", "head", "lagChanges", "rate", "delivered", "parked");
    private static final List<String> MOST = List.of("epoch", "lagSeconds");

    public Map<String, Object> of(StoredTask task) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("task", task.name());
        json.put("database", task.database());
        json.put("kind", task.definition().kind().name().toLowerCase(Locale.ROOT));
        json.put("unit", task.unit());
        json.put("enabled", task.definition().enabled());
        json.put("paused", task.paused());
        List<Map<String, Object>> shards = new ArrayList<>();
        Map<Integer, Map<String, Object>> told = statuses.of(task.name());
        task.units(topology).forEach(unit -> shards.add(shard(unit, told.get(unit.shard()))));
        if (shards.size() == 1) {
            json.putAll(shards.get(0));
        } else {
            json.putAll(merged(shards));
            for (int i = 0; i < shards.size(); i++) {
                Map<String, Object> shard = new LinkedHashMap<>();
                shard.put("shard", task.units(topology).get(i).shard());
                shard.putAll(shards.get(i));
                shards.set(i, shard);
            }
            json.put("shards", shards);
        }
        return json;
    }

    /** @param status as the owner tells it; null when it does not */
    private Map<String, Object> shard(TaskUnit unit, Map<String, Object> status) {
        Topology.Assignment assigned = topology.assignments().get(unit.name());
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("state", assigned == null ? "UNASSIGNED" : "UNKNOWN");
        json.put("owner", assigned == null ? null : assigned.node());
        json.put("epoch", assigned == null ? null : assigned.epoch());
        if (status != null && assigned != null) {
            json.putAll(status);
        }
        return json;
    }

    private static Map<String, Object> merged(List<Map<String, Object>> shards) {
        Map<String, Object> worst = shards.stream()
                .min(Comparator.comparing(shard -> WORST_FIRST.indexOf(shard.get("state"))))
                .orElseThrow();
        Map<String, Object> json = new LinkedHashMap<>(worst);
        json.put(
                "owner",
                shards.stream()
                        .map(shard -> (String) shard.get("owner"))
                        .filter(Objects::nonNull)
                        .distinct()
                        .sorted()
                        .collect(Collectors.collectingAndThen(
                                Collectors.joining(", "), owners -> owners.isEmpty() ? null : owners)));
        SUMS.forEach(name ->
                json.put(name, shards.stream().map(shard -> shard.get(name)).reduce(null, TaskView::sum)));
        MOST.forEach(name -> json.put(
                name,
                shards.stream()
                        .map(shard -> (Long) shard.get(name))
                        .filter(Objects::nonNull)
                        .max(Comparator.naturalOrder())
                        .orElse(null)));
        if (json.get("lastError") == null) {
            shards.stream()
                    .map(shard -> shard.get("lastError"))
                    .filter(Objects::nonNull)
                    .findFirst()
                    .ifPresent(error -> json.put("lastError", error));
        }
        return json;
    }

    private static Object sum(Object one, Object other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return one instanceof Long a && other instanceof Long b
                ? (Object) (a + b)
                : (Object) (Math.round((((Number) one).doubleValue() + ((Number) other).doubleValue()) * 10) / 10.0);
    }
}
