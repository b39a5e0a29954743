package io.rookery.store;

/**
 * Slots that a shard gave to another one, which began as its copy at that moment.
 *
 * @param from tag of the shard that gave them
 * @param to tag of the one that has them since
 * @param first slot of those that moved
 * @param last slot of those that moved
 * @param head newest sequence number then: both shards have the feed up to it, and go on from it each for itself
 * @param index of the log entry that did it; the first one behind it in the new shard's log is its own
 */
public record Split(String from, String to, int first, int last, long head, long index) {
    public Split {
        if (first < 0 || last < first || last >= Slot.COUNT) {
            throw new IllegalArgumentException(
                    "Expected slots below " + Slot.COUNT + " but found " + first + " to " + last);
        }
    }

    boolean moves(int slot) {
        return first <= slot && slot <= last;
    }
}
