package io.rookery.api;

import java.util.List;

/** Makes sinks of one kind; found by ServiceLoader. */
public interface SinkFactory {
    /** The key in {@code to:}, such as {@code sql}. */
    String kind();

    /** Kinds of connection that the key's value may name, such as {@code postgres}; empty when it names none. */
    List<String> connectionKinds();

    DeliveryGuarantee guarantee();

    /** Whether the sink wants {@link Change#before()}. */
    default boolean wantsBefore(Setting to) {
        return false;
    }

    /**
     * Checks the settings and makes the sink; does no I/O.
     *
     * @throws RookeryException BAD_TASK or BAD_CONNECTION with line and column
     */
    Sink create(SinkRequest request);
}
