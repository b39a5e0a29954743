package io.rookery.api;

import java.util.List;

/**
 * Changes that a sink makes durable together, in feed order, with the checkpoint that they lead to.
 *
 * <p>{@code checkpoint.sequence()} may lie beyond the last change: the changes between did not match the task. It may
 * be unchanged: a retry of parked changes, marked by {@code checkpoint.retried()}.
 */
public record Batch(String task, int shard, List<Change> changes, Checkpoint checkpoint) {
    public Batch {
        changes = List.copyOf(changes);
    }
}
