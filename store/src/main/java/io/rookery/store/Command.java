package io.rookery.store;

import io.rookery.api.Transaction;
import java.util.UUID;

/** What is asked of a shard: the content of a log entry is a list of these. */
public sealed interface Command {
    /** Reads, writes and fence of one request; see {@link Transaction}. */
    record Commit(Transaction transaction) implements Command {}

    /**
     * Moves the feed's window: history behind {@code windowStart} goes, behind {@code tombstonesBefore} tombstones too,
     * and idempotency records older than {@code idempotencyBefore}. Bounded in work by {@code limit}; the outcome says
     * whether there is more.
     *
     * @param idempotencyBefore milliseconds since the epoch
     */
    record Compact(long windowStart, long tombstonesBefore, long idempotencyBefore, int limit) implements Command {}

    /**
     * Does what is due at {@code now}: removes compare-exchange values that expire, and where it is said deletes
     * documents that do and refreshes those that are to be. Bounded in work by {@code limit}.
     *
     * @param now milliseconds since the epoch, stamped by the leader; apply has no clock
     */
    record Sweep(long now, boolean expire, boolean refresh, int limit) implements Command {}

    /** Sets which revisions are kept from now on; those that are there stay until their documents change. */
    record ConfigureRevisions(RevisionPolicy policy) implements Command {}

    /**
     * Gives the slots from {@code first} to {@code last} to a new shard that begins as this one's copy.
     *
     * @param from tag of the shard whose log this is in
     * @param to tag of the new one
     */
    record Split(String from, String to, int first, int last) implements Command {}

    /** Removes what the shard no longer has since a split; bounded in work by {@code limit}. */
    record Clean(int limit) implements Command {}

    /**
     * A piece of an encoded command that is too big for one log entry. It is kept until the last one comes, and has no effect
     * before.
     *
     * @param whole made by the leader, another one for each time that a command is cut
     * @param number from 0
     * @param count of all parts
     */
    record Part(UUID whole, int number, int count, byte[] bytes) implements Command {
        public Part {
            if (count < 2 || number < 0 || number >= count) {
                throw new IllegalArgumentException(
                        "Expected a part of at least two but found " + number + " of " + count);
            }
        }

        boolean isLast() {
            return number == count - 1;
        }
    }

    /**
     * The command that a {@link Part} is the last of, where {@link DocumentStore#whole} has the others: it takes effect at
     * the last one's place as if it had been there in one piece. Never in a log itself.
     */
    record Whole(Command command) implements Command {}

    /** Does nothing; its place in the log is what is wanted (the read fence's barrier). */
    record Barrier() implements Command {}
}
