package io.rookery.server.tasks;

import io.rookery.api.DeliveryGuarantee;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What putting a task would do, or did.
 *
 * @param problems what keeps it from running, each with the way out; empty when it was not looked for
 */
public record TaskPlan(
        String task,
        boolean created,
        boolean changed,
        DeliveryGuarantee guarantee,
        List<String> notes,
        List<String> problems) {
    public TaskPlan {
        notes = List.copyOf(notes);
        problems = List.copyOf(problems);
    }

    TaskPlan withProblems(List<String> found) {
        return new TaskPlan(task, created, changed, guarantee, notes, found);
    }

    public Map<String, Object> toJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("task", task);
        json.put("created", created);
        json.put("changed", changed);
        json.put("guarantee", guarantee.name().toLowerCase(Locale.ROOT));
        json.put("notes", notes);
        json.put("warnings", problems);
        json.put("statements", problems.stream().flatMap(TaskPlan::statements).toList());
        return json;
    }

    /** The SQL behind "Run:" in a problem. */
    private static java.util.stream.Stream<String> statements(String problem) {
        int run = problem.indexOf("Run: ");
        return run < 0
                ? java.util.stream.Stream.empty()
                : java.util.stream.Stream.of(problem.substring(run + "Run: ".length()));
    }
}
