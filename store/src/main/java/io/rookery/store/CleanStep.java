package io.rookery.store;

import io.rookery.api.Due;
import io.rookery.store.rocks.Space;
import java.util.List;

/**
 * Removes, a bounded piece at a time, what a shard still stores of slots that it gave away or never got: documents with
 * their history, revisions and places in the feed, compare-exchange values, identities. No consumer sees anything of it:
 * the other shard has it all. The walk over the feed finds every document, because each one's latest version is in it.
 */
final class CleanStep {
    private static final int MOST_REVISIONS = 256;

    private final Draft draft;
    private final ShardState state;
    private final DueIndex due;
    private final Revisions revisions;

    CleanStep(Draft draft, ShardState state) {
        this.draft = draft;
        this.state = state;
        this.due = new DueIndex(draft);
        this.revisions = new Revisions(draft, state);
    }

    Outcome apply(Command.Clean clean) {
        CleaningPlace place = CleaningPlace.read(draft.get(Space.STATE, Keys.CLEANING));
        if (place == null) {
            return new Outcome.Cleaned(false);
        }
        int limit = Math.max(1, clean.limit());
        CleaningPlace next =
                switch (place.phase()) {
                    case 0 -> feed(place.sequence(), limit);
                    case 1 -> exchanges(place.after(), limit);
                    case 2 -> identities(place.after(), limit);
                    default -> revisions(place.after(), limit);
                };
        boolean more = next.phase() < CleaningPlace.PHASES;
        if (more) {
            draft.put(Space.STATE, Keys.CLEANING, next.write());
        } else {
            draft.delete(Space.STATE, Keys.CLEANING);
        }
        return new Outcome.Cleaned(more);
    }

    private CleaningPlace feed(long from, int limit) {
        List<byte[]> keys = draft.stored(Space.FEED, Keys.feed(from), Keys.feed(state.splits.head() + 1), limit);
        for (byte[] key : keys) {
            long sequence = Keys.sequence(key);
            byte[] value = draft.get(Space.FEED, key);
            FeedRecord record = value == null ? null : FeedRecord.read(sequence, value);
            if (record != null && !state.splits.owns(record.id()) && !remove(record)) {
                return new CleaningPlace(0, sequence, ""); // it has more revisions
            }
        }
        return keys.size() < limit
                ? new CleaningPlace(1, 0, "")
                : new CleaningPlace(0, Keys.sequence(keys.get(keys.size() - 1)) + 1, "");
    }

    /** False when it is not done, because the document has too many revisions for one step. */
    private boolean remove(FeedRecord record) {
        byte[] id = Keys.text(record.id());
        byte[] value = draft.get(Space.DOCUMENTS, id);
        StoredDocument latest = value == null ? null : StoredDocument.read(value);
        if (latest != null && latest.sequence() == record.sequence()) {
            if (revisions.purge(record.id(), Long.MAX_VALUE, MOST_REVISIONS)) {
                return false;
            }
            forget(record.id(), latest);
        }
        draft.delete(Space.FEED, Keys.feed(record.sequence()));
        draft.delete(Space.FEED, Keys.feedOf(record.collection(), record.sequence()));
        if (!revisions.keeps(record.id(), record.sequence())) {
            draft.delete(Space.HISTORY, Keys.history(record.sequence()));
        }
        return true;
    }

    private void forget(String id, StoredDocument latest) {
        if (latest.isTombstone()) {
            state.tombstones--;
        } else {
            state.collections.count(latest.collection(), -1);
        }
        due.change(id, latest.due(), Due.NEVER);
        draft.delete(Space.DOCUMENTS, Keys.text(id));
    }

    private CleaningPlace exchanges(String after, int limit) {
        List<byte[]> keys = draft.stored(Space.STATE, Keys.behind(Keys.exchange(after)), Keys.kind('X' + 1), limit);
        for (byte[] key : keys) {
            byte[] value = draft.get(Space.STATE, key);
            if (value != null && !state.splits.owns(Keys.named(key))) {
                due.change(
                        DueKind.EXCHANGE,
                        Keys.named(key),
                        ExchangeRecord.read(value).expires(),
                        0);
                draft.delete(Space.STATE, key);
            }
        }
        return next(1, keys, limit);
    }

    private CleaningPlace identities(String after, int limit) {
        List<byte[]> keys = draft.stored(Space.STATE, Keys.behind(Keys.identity(after)), Keys.kind('N' + 1), limit);
        for (byte[] key : keys) {
            if (!state.splits.owns(Keys.named(key))) {
                draft.delete(Space.STATE, key);
            }
        }
        return next(2, keys, limit);
    }

    /** Of documents whose tombstone was removed before; those of others went with them. */
    private CleaningPlace revisions(String after, int limit) {
        byte[] from = after.isEmpty() ? Keys.kind('R') : Keys.behind(Keys.revision(after, Long.MAX_VALUE));
        List<byte[]> keys = draft.stored(Space.STATE, from, Keys.kind('R' + 1), limit);
        String last = after;
        for (byte[] key : keys) {
            String id = Keys.revisionOf(key);
            if (!id.equals(last) && !state.splits.owns(id) && revisions.purge(id, Long.MAX_VALUE, MOST_REVISIONS)) {
                return new CleaningPlace(3, 0, last);
            }
            last = id;
        }
        return new CleaningPlace(keys.size() < limit ? CleaningPlace.PHASES : 3, 0, last);
    }

    private static CleaningPlace next(int phase, List<byte[]> keys, int limit) {
        return keys.size() < limit
                ? new CleaningPlace(phase + 1, 0, "")
                : new CleaningPlace(phase, 0, Keys.named(keys.get(keys.size() - 1)));
    }
}
