package io.rookery.api;

import java.util.List;

/**
 * Changes that a sink makes durable together, in feed order, with the checkpoint that they lead to.
 *
 * <p>{@code checkpoint.sequence()} may lie beyond the last change: the changes between did not match the task. It may
 * be unchanged: a retry of parked changes, marked by {@code checkpoint.retried()}. An empty batch whose checkpoint is
 * lower than the target's is a replay: the target goes back to it, and what lies behind it comes again.
 */
public record Batch(String task, int shard, List<Change> changes, Checkpoint checkpoint) {
    public Batch {
        changes = List.copyOf(changes);
    }
}
