package io.rookery.store;

import io.rookery.api.Due;
import io.rookery.store.rocks.Space;
import java.util.List;

/** What is due, by time: kept with every write, so that a sweep finds it without a scan. Belongs to the apply thread. */
final class DueIndex {
    private static final byte[] MARK = {StoredFormat.ONE};

    private final Draft draft;

    DueIndex(Draft draft) {
        this.draft = draft;
    }

    void change(String id, Due before, Due after) {
        change(DueKind.EXPIRE, id, before.expires(), after.expires());
        change(DueKind.REFRESH, id, before.refresh(), after.refresh());
    }

    /** Times of 0 stand for never. */
    void change(DueKind kind, String name, long before, long after) {
        if (before == after) {
            return;
        }
        if (before != 0) {
            draft.delete(Space.STATE, Keys.due(kind, before, name));
        }
        if (after != 0) {
            draft.put(Space.STATE, Keys.due(kind, after, name), MARK);
        }
    }

    /** Keys of what is due at {@code now}, the earliest first. */
    List<byte[]> first(DueKind kind, long now, int limit) {
        return draft.first(Keys.due(kind, 0, ""), Keys.due(kind, now + 1, ""), limit);
    }
}
