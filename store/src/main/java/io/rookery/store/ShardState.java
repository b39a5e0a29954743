package io.rookery.store;

import io.rookery.store.rocks.RocksView;
import io.rookery.store.rocks.Space;

/** A shard's counters while commands are applied; what they mean is told at {@link ShardRecord}. Apply thread only. */
final class ShardState {
    final CollectionNames collections;
    long head;
    long windowStart;
    long tombstonesFrom;
    long removedTombstone;
    long tombstones;
    long oldestIdempotency;
    long nextIdempotency;
    RevisionPolicy revisions = RevisionPolicy.NONE;
    Splits splits;
    /** Null when none are kept. */
    StagedParts parts;

    private ShardRecord saved;

    private ShardState(CollectionNames collections, ShardRecord saved) {
        this.collections = collections;
        this.saved = saved;
        head = saved.head();
        windowStart = saved.windowStart();
        tombstonesFrom = saved.tombstonesFrom();
        removedTombstone = saved.removedTombstone();
        tombstones = saved.tombstones();
        oldestIdempotency = saved.oldestIdempotency();
        nextIdempotency = saved.nextIdempotency();
    }

    static ShardState load(RocksView view, String tag) {
        ShardState state =
                new ShardState(CollectionNames.load(view), ShardRecord.read(view.get(Space.STATE, Keys.SHARD)));
        state.revisions = RevisionPolicy.read(view.get(Space.STATE, Keys.REVISION_POLICY));
        state.splits = Splits.read(tag, view.get(Space.STATE, Keys.SPLITS));
        state.parts = StagedParts.read(view.get(Space.STATE, Keys.PARTS));
        return state;
    }

    /** Writes what changed since the last call. */
    void save(Draft draft) {
        collections.save(draft);
        ShardRecord now = new ShardRecord(
                head, windowStart, tombstonesFrom, removedTombstone, tombstones, oldestIdempotency, nextIdempotency);
        if (!now.equals(saved)) {
            draft.put(Space.STATE, Keys.SHARD, now.write());
            saved = now;
        }
    }
}
