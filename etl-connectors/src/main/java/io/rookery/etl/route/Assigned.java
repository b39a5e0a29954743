package io.rookery.etl.route;

import io.rookery.api.DocumentDatabase;
import io.rookery.etl.task.TaskDefinition;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A unit that this node shall run.
 *
 * @param unit {@link TaskDefinition#unit()} of all its tasks, with the shard's number where that is not the first; the
 *     name of its fence and checkpoint
 * @param shard number of the shard that is delivered, or that has the source's rows
 * @param epoch of this assignment
 * @param paused names of tasks that an operator paused
 * @param connections any text that differs when a connection or secret that the tasks use does
 */
public record Assigned(
        String unit,
        int shard,
        long epoch,
        List<TaskDefinition> tasks,
        Set<String> paused,
        DocumentDatabase database,
        String connections) {
    public Assigned {
        tasks = List.copyOf(tasks);
        paused = Set.copyOf(paused);
    }

    /** Whether the task shall stand still: paused by an operator, or not enabled by its YAML. */
    public boolean standsStill(TaskDefinition task) {
        return paused.contains(task.name()) || !task.enabled();
    }

    /** What logs call a task of it: its name, and the shard where that is not the first. */
    String title(TaskDefinition task) {
        return shard == 0 ? task.name() : task.name() + " (shard " + shard + ')';
    }

    Optional<TaskDefinition> task(String name) {
        return tasks.stream().filter(task -> task.name().equals(name)).findFirst();
    }

    /** Whether a runner of {@code other} can go on for this: all but what is paused is the same. */
    boolean sameWork(Assigned other) {
        return epoch == other.epoch
                && shard == other.shard
                && database == other.database
                && connections.equals(other.connections)
                && texts().equals(other.texts());
    }

    /** Whether tasks are enabled is in their text too, so text says all; order does not matter. */
    private Set<String> texts() {
        return tasks.stream().map(TaskDefinition::text).collect(java.util.stream.Collectors.toSet());
    }
}
