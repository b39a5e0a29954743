package io.rookery.api;

/**
 * What a value may look at.
 *
 * @param change the change being worked on; its body is {@code doc}
 * @param item {@code $item}: the element that {@code each:} stands on; null outside
 */
public record Scope(Change change, Object item) {
    public static Scope of(Change change) {
        return new Scope(change, null);
    }
}
