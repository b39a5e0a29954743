package io.rookery.sinks.kafka;

import org.apache.kafka.common.header.Headers;

/** The document's JSON as it is; its place is in the headers. */
record PlainFormat() implements RecordFormat {
    @Override
    public byte[] value(Loaded loaded) {
        return loaded.change().document().bytes();
    }

    @Override
    public void addHeaders(Loaded loaded, Headers headers) {
        addPlace(loaded, headers);
    }

    static void addPlace(Loaded loaded, Headers headers) {
        RecordFormat.add(
                headers, "rookery-sequence", String.valueOf(loaded.change().sequence()));
        RecordFormat.add(
                headers, "rookery-operation", loaded.change().operation().label());
    }
}
