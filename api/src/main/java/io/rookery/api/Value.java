package io.rookery.api;

/**
 * A value that a user wrote in one of the four ways: a path, a template, an expression, a constant. Compiled once,
 * evaluated for every change by one thread.
 */
@FunctionalInterface
public interface Value {
    /**
     * @return a Java value as {@link Json} describes; null where a path leads nowhere
     * @throws RookeryException CHANGE_REJECTED when an expression throws or a template's field is missing
     */
    Object evaluate(Scope scope);
}
