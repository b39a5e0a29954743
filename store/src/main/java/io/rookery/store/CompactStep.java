package io.rookery.store;

import io.rookery.api.Operation;
import io.rookery.store.rocks.Space;
import io.rookery.store.rocks.StoreFailure;
import java.util.ArrayList;
import java.util.List;

/**
 * Moves the feed's window by walking the feed once, in order. Passing a change removes the version before it, from the
 * feed and, unless it is kept as a revision, from the history; so behind the window the feed has the state at the window's start, each document once, and
 * every change inside it still finds the body before it. A second walk, behind the first, removes tombstones.
 */
final class CompactStep {
    private final Draft draft;
    private final ShardState state;
    private final IdempotencyRecords repeats;
    private final Revisions revisions;
    private long work;

    CompactStep(Draft draft, ShardState state) {
        this.draft = draft;
        this.state = state;
        this.repeats = new IdempotencyRecords(draft, state);
        this.revisions = new Revisions(draft, state);
    }

    Outcome apply(Command.Compact command) {
        work = Math.max(1, command.limit());
        long windowStart = Math.min(command.windowStart(), state.head + 1);
        prepare(state.windowStart, windowStart);
        for (; state.windowStart < windowStart && work > 0; work--) {
            pass(state.windowStart++);
        }
        long tombstonesBefore = Math.min(command.tombstonesBefore(), state.windowStart);
        prepare(state.tombstonesFrom, tombstonesBefore);
        for (; state.tombstonesFrom < tombstonesBefore && work > 0; work--) {
            removeTombstone(state.tombstonesFrom++);
        }
        for (; work > 0 && repeats.hasOlderThan(command.idempotencyBefore()); work--) {
            repeats.removeOldest();
        }
        return new Outcome.Compacted(state.windowStart < windowStart
                || state.tombstonesFrom < Math.min(command.tombstonesBefore(), windowStart)
                || repeats.hasOlderThan(command.idempotencyBefore()));
    }

    /** Reads at once the changes that the walk will come to. */
    private void prepare(long from, long before) {
        List<byte[]> keys = new ArrayList<>();
        for (long sequence = from; sequence < before && keys.size() < work; sequence++) {
            keys.add(Keys.feed(sequence));
        }
        draft.prepare(Space.FEED, keys);
    }

    private void pass(long sequence) {
        FeedRecord record = feed(sequence);
        if (record == null && sequence <= state.splits.head()) {
            return; // it was of another shard's document
        }
        if (record == null) {
            throw new StoreFailure("Expected change " + sequence + " in the feed but it has none");
        }
        FeedRecord before = record.previous() == 0 ? null : feed(record.previous());
        if (before != null) {
            remove(before);
            if (!revisions.keeps(before.id(), before.sequence())) {
                draft.delete(Space.HISTORY, Keys.history(before.sequence()));
            }
        }
    }

    private void removeTombstone(long sequence) {
        FeedRecord record = feed(sequence);
        if (record == null || record.operation() != Operation.DELETE) {
            return;
        }
        byte[] key = Keys.text(record.id());
        byte[] latest = draft.get(Space.DOCUMENTS, key);
        // of a document that was inserted again the window's own walk removes it, and no reader misses anything
        if (latest != null && StoredDocument.read(latest).sequence() == sequence) {
            remove(record);
            draft.delete(Space.DOCUMENTS, key);
            state.tombstones--;
            state.removedTombstone = sequence;
        }
    }

    private FeedRecord feed(long sequence) {
        byte[] value = draft.get(Space.FEED, Keys.feed(sequence));
        return value == null ? null : FeedRecord.read(sequence, value);
    }

    private void remove(FeedRecord record) {
        draft.delete(Space.FEED, Keys.feed(record.sequence()));
        draft.delete(Space.FEED, Keys.feedOf(record.collection(), record.sequence()));
    }
}
