package io.rookery.sinks.kafka;

import io.rookery.api.Change;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.Headers;

/** How a change looks as a record. Pure; belongs to one thread. */
sealed interface RecordFormat permits PlainFormat, CloudEventFormat, DebeziumFormat {
    /** The record's value; never null, as that would be a tombstone. */
    byte[] value(Loaded loaded);

    /** Adds what says which change this is; on tombstones too. */
    void addHeaders(Loaded loaded, Headers headers);

    /**
     * A change with its place among those that came from the same one.
     *
     * @param index from 0; more than 0 only where a script loads several times
     */
    record Loaded(Change change, int index) {}

    static void add(Headers headers, String name, String text) {
        headers.add(name, text.getBytes(StandardCharsets.UTF_8));
    }
}
