package io.rookery.store;

import io.rookery.api.Json;

/**
 * A value that changes only from an index that the writer knows.
 *
 * @param index another one after every change; grows over all values of the shard
 */
public record CompareExchangeValue(String key, long index, Json value) {}
