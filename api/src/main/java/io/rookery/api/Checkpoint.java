package io.rookery.api;

/**
 * How far a task has delivered a shard's feed.
 *
 * @param epoch of the owner that wrote it; a writer of a lower epoch is fenced
 * @param sequence last sequence number delivered; 0 before the first
 * @param retried sequence number of the last parked change that was delivered by a retry; 0 when none
 */
public record Checkpoint(long epoch, long sequence, long retried) {
    public static final Checkpoint NONE = new Checkpoint(0, 0, 0);
}
