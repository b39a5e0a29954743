package io.rookery.etl.route;

/** What a task is doing. */
public enum TaskState {
    STARTING,
    RUNNING,
    /** For the next attempt after a transient failure; ends by itself. */
    WAITING,
    /** By an operator, or {@code enabled: false}. */
    PAUSED,
    /** By its error policy: the breaker, {@code poison: stop}, {@code retry … for}. Goes on after resume. */
    STOPPED,
    /** Somebody must act; the last error says how. Goes on after resume or a changed definition. */
    FAILED
}
