package io.rookery.store;

import io.rookery.api.ChangeVector;
import io.rookery.api.Due;
import io.rookery.api.Json;
import io.rookery.api.Operation;
import io.rookery.api.Write;
import io.rookery.store.rocks.Space;

/**
 * Puts and deletes of documents: the latest version, the feed, the history and what is due stay in step. Belongs to the
 * apply thread.
 */
final class DocumentWrites {
    private static final byte[] NOTHING = {};

    private final Draft draft;
    private final ShardState state;
    private final DueIndex due;
    private final Revisions revisions;

    DocumentWrites(Draft draft, ShardState state) {
        this.draft = draft;
        this.state = state;
        this.due = new DueIndex(draft);
        this.revisions = new Revisions(draft, state);
    }

    ChangeVector put(Write.PutDocument put, long timestamp) {
        StoredDocument old = latest(put.id());
        boolean insert = old == null || old.isTombstone();
        int collection = state.collections.number(put.collection());
        if (insert || old.collection() != collection) {
            state.collections.count(collection, 1);
        }
        if (!insert && old.collection() != collection) {
            state.collections.count(old.collection(), -1);
        }
        if (insert && old != null) {
            state.tombstones--;
        }
        Operation operation = insert ? Operation.INSERT : Operation.UPDATE;
        FeedRecord record = new FeedRecord(
                ++state.head,
                operation,
                collection,
                old == null ? 0 : old.sequence(),
                timestamp,
                put.body().size(),
                insert ? 0 : old.bodyBytes(),
                put.id());
        return change(record, StoredDocument.of(record, put.body(), put.due()), old);
    }

    ChangeVector delete(String id, long timestamp) {
        StoredDocument old = latest(id);
        if (old == null || old.isTombstone()) {
            return ChangeVector.NONE;
        }
        state.collections.count(old.collection(), -1);
        state.tombstones++;
        FeedRecord record = new FeedRecord(
                ++state.head, Operation.DELETE, old.collection(), old.sequence(), timestamp, 0, old.bodyBytes(), id);
        return change(record, StoredDocument.of(record, null, Due.NEVER), old);
    }

    /** Makes a new version with the same body, whose refresh is done. */
    void refresh(String id, long timestamp) {
        StoredDocument old = latest(id);
        String collection = state.collections.name(old.collection());
        Json body = old.body();
        put(new Write.PutDocument(id, collection, body, null, old.due().refreshed()), timestamp);
    }

    private ChangeVector change(FeedRecord record, StoredDocument next, StoredDocument old) {
        draft.put(Space.DOCUMENTS, Keys.text(record.id()), next.value());
        draft.putNew(Space.FEED, Keys.feed(record.sequence()), record.write());
        draft.putNew(Space.FEED, Keys.feedOf(record.collection(), record.sequence()), NOTHING);
        due.change(record.id(), old == null ? Due.NEVER : old.due(), next.due());
        if (old != null && !old.isTombstone()) {
            draft.putNew(Space.HISTORY, Keys.history(old.sequence()), old.value());
            revisions.superseded(old, record, next.isTombstone());
        }
        return state.splits.vector(record.sequence());
    }

    private StoredDocument latest(String id) {
        byte[] value = draft.get(Space.DOCUMENTS, Keys.text(id));
        return value == null ? null : StoredDocument.read(value);
    }
}
