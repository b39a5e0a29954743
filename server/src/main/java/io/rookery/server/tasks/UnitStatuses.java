package io.rookery.server.tasks;

import io.rookery.api.Json;
import io.rookery.etl.route.TaskStatus;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What nodes tell of the tasks that they run, for each task by shard. Filled by one thread. */
public final class UnitStatuses {
    private static final String SHARD = "shard";

    private final Map<String, Map<Integer, Map<String, Object>>> byTask = new TreeMap<>();

    /** One node's statuses as it sends them. Nodes of a time before a task could have several shards name none. */
    static byte[] encoded(List<TaskStatus> statuses) {
        Map<String, Object> told = new LinkedHashMap<>();
        statuses.forEach(status ->
                told.put(status.shard() == 0 ? status.task() : status.task() + '.' + status.shard(), json(status)));
        return Json.of(told).bytes();
    }

    private static Map<String, Object> json(TaskStatus status) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("task", status.task());
        json.put(SHARD, status.shard());
        json.put("state", status.state().name());
        json.put("epoch", status.epoch());
        json.put("checkpoint", status.sequence());
        json.put("head", status.head());
        json.put("lagChanges", status.lagChanges());
        json.put("lagSeconds", status.lagSeconds());
        json.put("rate", Math.round(status.rate() * 10) / 10.0);
        json.put("delivered", status.delivered());
        json.put("parked", status.parked());
        json.put("guarantee", status.guarantee().name().toLowerCase(Locale.ROOT));
        json.put("since", status.since());
        json.put(
                "lastError",
                status.problem()
                        .map(problem -> Map.<String, Object>of(
                                "code", problem.code().name(), "message", problem.message(), "at", problem.at()))
                        .orElse(null));
        return json;
    }

    /** A former owner may still stop the unit: the answer of the highest epoch is the unit's. */
    void add(byte[] encoded) {
        Json.parse(encoded).asObject().forEach((name, value) -> {
            Map<String, Object> status = new LinkedHashMap<>();
            ((Map<?, ?>) value).forEach((key, told) -> status.put((String) key, told));
            Object task = status.remove("task");
            Object shard = status.remove(SHARD);
            byTask.computeIfAbsent(task == null ? name : (String) task, absent -> new TreeMap<>())
                    .merge(shard == null ? 0 : ((Long) shard).intValue(), status, UnitStatuses::newer);
        });
    }

    private static Map<String, Object> newer(Map<String, Object> one, Map<String, Object> other) {
        return (Long) one.get("epoch") >= (Long) other.get("epoch") ? one : other;
    }

    /** By shard; those of owners that did not answer are missing. */
    Map<Integer, Map<String, Object>> of(String task) {
        return byTask.getOrDefault(task, Map.of());
    }
}
