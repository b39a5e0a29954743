package io.rookery.etl.task;

import io.rookery.api.Setting;
import java.util.function.UnaryOperator;

/**
 * A named connection as its YAML says, with references to variables and secrets as they were written.
 *
 * @param kind {@code postgres}, {@code kafka} …
 */
public record ConnectionDefinition(String name, String kind, Setting settings, String text) {
    /** The settings with {@code ${env:X}}, {@code ${env:X:-default}} and {@code ${secret:NAME}} filled in. */
    public Setting resolved(UnaryOperator<String> environment, UnaryOperator<String> secrets) {
        return new Interpolation(environment, secrets).fill(settings);
    }

    /** Without the settings: they may hold secrets. */
    @Override
    public String toString() {
        return "connection " + name + " (" + kind + ')';
    }
}
