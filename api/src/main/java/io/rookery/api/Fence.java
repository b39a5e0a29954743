package io.rookery.api;

/** Makes a transaction conditional: refused as FENCED when the shard has seen a higher epoch of this task. */
public record Fence(String task, long epoch) {}
