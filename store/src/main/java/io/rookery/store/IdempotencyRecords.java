package io.rookery.store;

import io.rookery.store.rocks.Space;

/**
 * The results that repeated transactions are answered with, in the order in which they came. Each is kept for a day at
 * least, and at most {@value #MOST} are: when the oldest of so many is younger than a day there is no room, and a
 * transaction with a key is refused rather than a promise broken.
 */
final class IdempotencyRecords {
    /** Part of the replicated state's rules: another number makes another state. */
    static final long MOST = 50_000_000;

    static final long PROMISED_MILLIS = 24 * 60 * 60 * 1_000L;

    private final Draft draft;
    private final ShardState state;
    private final long most;

    IdempotencyRecords(Draft draft, ShardState state) {
        this(draft, state, MOST);
    }

    /** With another number than all replicas have: for tests. */
    IdempotencyRecords(Draft draft, ShardState state, long most) {
        this.draft = draft;
        this.state = state;
        this.most = most;
    }

    /** Null when the key is null or not known. */
    IdempotencyRecord find(String key) {
        byte[] known = key == null ? null : draft.get(Space.STATE, Keys.idempotency(key));
        return known == null ? null : IdempotencyRecord.read(known);
    }

    /** Whether a transaction of that time can be remembered. */
    boolean hasRoom(long timestamp) {
        return kept() < most || hasOlderThan(timestamp - PROMISED_MILLIS);
    }

    long kept() {
        return state.nextIdempotency - state.oldestIdempotency;
    }

    /** Where {@link #hasRoom}. */
    void remember(String key, IdempotencyRecord record) {
        if (key == null) {
            return;
        }
        draft.putNew(Space.STATE, Keys.idempotency(key), record.write());
        draft.putNew(Space.STATE, Keys.idempotencyOrder(state.nextIdempotency++), Keys.text(key));
        if (kept() > most) {
            removeOldest();
        }
    }

    /** Whether there is a record and the oldest is stamped before {@code timestamp}. */
    boolean hasOlderThan(long timestamp) {
        return state.oldestIdempotency < state.nextIdempotency
                && find(oldestKey()).timestamp() < timestamp;
    }

    void removeOldest() {
        draft.delete(Space.STATE, Keys.idempotency(oldestKey()));
        draft.delete(Space.STATE, Keys.idempotencyOrder(state.oldestIdempotency++));
    }

    private String oldestKey() {
        return Keys.text(draft.get(Space.STATE, Keys.idempotencyOrder(state.oldestIdempotency)));
    }
}
