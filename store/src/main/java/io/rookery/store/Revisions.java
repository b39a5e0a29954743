package io.rookery.store;

import io.rookery.store.rocks.Space;
import java.util.List;

/**
 * Keeps former versions of documents as the policy says: the bodies stay in the history, where the feed has them too,
 * and an index by document says which. What is removed here goes from the history unless the feed's window still needs
 * it; the compaction leaves what is kept here. Belongs to the apply thread.
 */
final class Revisions {
    private final Draft draft;
    private final ShardState state;

    Revisions(Draft draft, ShardState state) {
        this.draft = draft;
        this.state = state;
    }

    /** A version has just gone to the history because of {@code change}. */
    void superseded(StoredDocument old, FeedRecord change, boolean deleted) {
        RevisionPolicy.Rule rule =
                state.revisions.isEmpty() ? null : state.revisions.of(state.collections.name(old.collection()));
        if (rule == null) {
            return;
        }
        String id = change.id();
        if (deleted && rule.purgeOnDelete()) {
            if (purge(id, change.sequence(), RevisionPolicy.Rule.MOST_DELETES)) {
                draft.put(
                        Space.STATE, Keys.due(DueKind.PURGE, change.timestamp(), id), Counter.bytes(change.sequence()));
            }
            return;
        }
        draft.putNew(Space.STATE, Keys.revision(id, old.sequence()), Counter.bytes(old.lastModified()));
        draft.putNew(Space.STATE, Keys.revisionId(old.sequence()), Keys.formatted(id));
        count(id, 1);
        trim(id, rule, change.timestamp());
    }

    private void trim(String id, RevisionPolicy.Rule rule, long now) {
        long surplus = rule.keep() < 0
                ? Long.MAX_VALUE
                : Counter.read(draft, Keys.revisionCount(id)) - Math.max(0, rule.keep() - 1);
        if (surplus <= 0 || (rule.keep() < 0 && rule.ageMillis() < 0)) {
            return;
        }
        for (byte[] key : oldest(id, (int) Math.min(surplus, rule.mostDeletes()))) {
            long stamped = Counter.read(draft.get(Space.STATE, key));
            if (rule.ageMillis() >= 0 && stamped > now - rule.ageMillis()) {
                return; // the younger ones behind it stay as well
            }
            remove(id, Keys.sequence(key));
        }
    }

    /** Removes revisions of a document that are older than a change of it; true when there are more. */
    boolean purge(String id, long before, int limit) {
        int removed = 0;
        for (byte[] key : oldest(id, limit)) {
            if (Keys.sequence(key) >= before) {
                return false;
            }
            remove(id, Keys.sequence(key));
            removed++;
        }
        return removed == limit;
    }

    private List<byte[]> oldest(String id, int limit) {
        return draft.first(Keys.revision(id, 0), Keys.revision(id, Long.MAX_VALUE), limit);
    }

    private void remove(String id, long sequence) {
        draft.delete(Space.STATE, Keys.revision(id, sequence));
        draft.delete(Space.STATE, Keys.revisionId(sequence));
        if (draft.get(Space.FEED, Keys.feed(sequence)) == null) {
            draft.delete(Space.HISTORY, Keys.history(sequence));
        }
        count(id, -1);
    }

    private void count(String id, int difference) {
        byte[] key = Keys.revisionCount(id);
        long count = Counter.read(draft, key) + difference;
        if (count == 0) {
            draft.delete(Space.STATE, key);
        } else {
            Counter.write(draft, key, count);
        }
        Counter.write(draft, Keys.REVISIONS, Counter.read(draft, Keys.REVISIONS) + difference);
    }

    /** Whether the version stays although the feed is done with it. */
    boolean keeps(String id, long sequence) {
        return draft.get(Space.STATE, Keys.revision(id, sequence)) != null;
    }
}
