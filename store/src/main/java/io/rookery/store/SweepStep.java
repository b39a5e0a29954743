package io.rookery.store;

import io.rookery.store.rocks.Space;
import java.util.List;
import java.util.function.Consumer;

/** Does what is due at the time that the command was stamped with, the earliest first, bounded. */
final class SweepStep {
    private final Draft draft;
    private final ShardState state;
    private final DueIndex index;
    private final DocumentWrites documents;
    private final Revisions revisions;
    private final Exchanges exchanges;
    private int work;

    SweepStep(Draft draft, ShardState state) {
        this.draft = draft;
        this.state = state;
        this.index = new DueIndex(draft);
        this.documents = new DocumentWrites(draft, state);
        this.revisions = new Revisions(draft, state);
        this.exchanges = new Exchanges(draft);
    }

    Outcome apply(Command.Sweep sweep) {
        work = Math.max(1, sweep.limit());
        long now = sweep.now();
        int removed = each(DueKind.EXCHANGE, now, key -> exchanges.delete(Keys.dueName(key)));
        int expired = sweep.expire() ? each(DueKind.EXPIRE, now, key -> documents.delete(Keys.dueName(key), now)) : 0;
        int refreshed =
                sweep.refresh() ? each(DueKind.REFRESH, now, key -> documents.refresh(Keys.dueName(key), now)) : 0;
        each(DueKind.PURGE, now, this::purge);
        return new Outcome.Swept(expired, refreshed, removed, work <= 0);
    }

    private int each(DueKind kind, long now, Consumer<byte[]> act) {
        if (work <= 0) {
            return 0;
        }
        List<byte[]> due = index.first(kind, now, work);
        for (byte[] key : due) {
            if (kind == DueKind.PURGE || state.splits.owns(Keys.dueName(key))) {
                act.accept(key);
            } else {
                draft.delete(Space.STATE, key); // it is due in another shard
            }
        }
        work -= due.size();
        return due.size();
    }

    private void purge(byte[] key) {
        long deletion = Counter.read(draft.get(Space.STATE, key));
        if (!revisions.purge(Keys.dueName(key), deletion, RevisionPolicy.Rule.MOST_DELETES)) {
            draft.delete(Space.STATE, key);
        }
    }
}
