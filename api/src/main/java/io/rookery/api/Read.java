package io.rookery.api;

/** A version that a transaction depends on: refused as CONFLICT when the document is not at {@code expected} at apply. */
public record Read(String id, ChangeVector expected) {}
