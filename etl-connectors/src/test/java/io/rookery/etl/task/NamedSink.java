package io.rookery.etl.task;

import io.rookery.api.DeliveryGuarantee;
import io.rookery.api.Sink;
import io.rookery.api.SinkFactory;
import io.rookery.api.SinkRequest;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A kind of sink for the parser alone, which asks it for its names and nothing else. */
record NamedSink(String kind, List<String> connectionKinds) implements SinkFactory {
    /** As many as the product has; {@code camel} names no connection. */
    static Map<String, SinkFactory> all() {
        return Arrays.asList(
                        new NamedSink("sql", List.of("postgres")),
                        new NamedSink("kafka", List.of("kafka")),
                        new NamedSink("camel", List.of()))
                .stream()
                .collect(Collectors.toMap(NamedSink::kind, sink -> sink));
    }

    @Override
    public DeliveryGuarantee guarantee() {
        return DeliveryGuarantee.AT_LEAST_ONCE;
    }

    @Override
    public Sink create(SinkRequest request) {
        throw new UnsupportedOperationException("The parser opens no sink");
    }
}
