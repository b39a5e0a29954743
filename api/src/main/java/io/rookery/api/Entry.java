package io.rookery.api;

/** An entry as it is stored; see {@link Write.PutEntry}. */
public record Entry(String key, byte[] value) {}
