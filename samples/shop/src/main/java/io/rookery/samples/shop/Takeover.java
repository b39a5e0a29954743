package io.rookery.samples.shop;

/**
 * A task that went to another node because its owner was killed.
 *
 * @param before as it was when its owner was killed
 * @param after as it was when it ran again; null when no other node took it in time
 * @param millis from the kill until it was seen running
 */
record Takeover(TaskView before, TaskView after, long millis) {
    boolean happened() {
        return after != null;
    }

    @Override
    public String toString() {
        return happened()
                ? before.task() + ": owner " + before.owner() + " -> " + after.owner() + ", epoch " + before.epoch()
                        + " -> " + after.epoch() + ", running after " + Math.round(millis / 100.0) / 10.0 + " s"
                : before.task() + ": nobody took it over from " + before.owner() + " within " + millis / 1000 + " s";
    }
}
