package io.rookery.etl.route;

import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import io.rookery.api.Setting;
import io.rookery.etl.task.ConnectionDefinition;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * What tasks on this node get from outside.
 *
 * @param cluster gives the cluster's id; asked when a unit opens its source or target, not before
 * @param connections by name; empty when there is none
 * @param environment variables; null for what is not set
 * @param secrets by name; null for what is not stored
 */
public record TaskEnvironment(
        Supplier<String> cluster,
        Function<String, Optional<ConnectionDefinition>> connections,
        UnaryOperator<String> environment,
        UnaryOperator<String> secrets,
        Clock clock) {

    /** @throws RookeryException BAD_CONNECTION when there is none of this name */
    public ConnectionDefinition connection(String name) {
        return connections
                .apply(name)
                .orElseThrow(() -> new RookeryException(
                        ErrorCode.BAD_CONNECTION, "Expected the connection '" + name + "' but it is not stored"));
    }

    /** The connection's settings with variables and secrets filled in. */
    public Setting resolved(ConnectionDefinition connection) {
        return connection.resolved(environment, secrets);
    }
}
