package io.rookery.store;

import io.rookery.api.Document;
import io.rookery.api.Json;
import io.rookery.store.rocks.RocksCursor;
import io.rookery.store.rocks.RocksStore;
import io.rookery.store.rocks.RocksView;
import io.rookery.store.rocks.Space;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** The kept versions of one document; the latest one is among them. Any thread; each call sees one moment. */
public final class RevisionReads {
    private static final Json NOTHING = Json.parse("{}");

    private final RocksStore rocks;
    private final CollectionNames collections;
    private final Splits splits;
    private final String id;

    RevisionReads(RocksStore rocks, CollectionNames collections, Splits splits, String id) {
        this.rocks = rocks;
        this.collections = collections;
        this.splits = splits;
        this.id = id;
    }

    /** Whose change has that sequence number: the feed knows it, or what was kept when the feed forgot it. */
    static Optional<String> idOf(RocksStore rocks, long sequence) {
        byte[] record = rocks.get(Space.FEED, Keys.feed(sequence));
        if (record != null) {
            return Optional.of(FeedRecord.read(sequence, record).id());
        }
        return Optional.ofNullable(rocks.get(Space.STATE, Keys.revisionId(sequence)))
                .map(Keys::named);
    }

    /** How many there are. */
    public long count() {
        try (RocksView view = rocks.view()) {
            return former(view) + (latest(view) == null ? 0 : 1);
        }
    }

    /** The newest first. */
    public List<Revision> page(long start, int limit) {
        try (RocksView view = rocks.view()) {
            List<Revision> found = new ArrayList<>();
            StoredDocument latest = latest(view);
            if (latest != null && start == 0 && limit > 0) {
                found.add(revision(latest));
            }
            long skipped = Math.max(0, start - (latest == null ? 0 : 1));
            long end = former(view) - skipped; // counted from the oldest
            formers(view, end - (limit - found.size()), end).forEach(sequence -> found.add(former(view, sequence)));
            return found;
        }
    }

    /** The version that was the latest one at a time; empty when none is kept from then. */
    public Optional<Revision> asOf(long time) {
        try (RocksView view = rocks.view()) {
            StoredDocument latest = latest(view);
            if (latest != null && latest.lastModified() <= time) {
                return Optional.of(revision(latest));
            }
            Long found = null;
            try (RocksCursor cursor = cursor(view)) {
                while (cursor.next() && Counter.read(cursor.value()) <= time) {
                    found = Keys.sequence(cursor.key());
                }
            }
            return Optional.ofNullable(found).map(sequence -> former(view, sequence));
        }
    }

    Optional<Revision> at(long sequence) {
        try (RocksView view = rocks.view()) {
            StoredDocument latest = latest(view);
            if (latest != null && latest.sequence() == sequence) {
                return Optional.of(revision(latest));
            }
            return Optional.ofNullable(view.get(Space.STATE, Keys.revision(id, sequence)))
                    .map(kept -> former(view, sequence));
        }
    }

    /** Null where it is not kept as a revision: no rule says so, or it is a tombstone that nothing is behind. */
    private StoredDocument latest(RocksView view) {
        byte[] value = view.get(Space.DOCUMENTS, Keys.text(id));
        StoredDocument latest = value == null ? null : StoredDocument.read(value);
        if (latest == null || former(view) > 0) {
            return latest;
        }
        RevisionPolicy policy = RevisionPolicy.read(view.get(Space.STATE, Keys.REVISION_POLICY));
        return latest.isTombstone() || policy.of(collections.name(latest.collection())) == null ? null : latest;
    }

    private long former(RocksView view) {
        return Counter.read(view.get(Space.STATE, Keys.revisionCount(id)));
    }

    /** Sequence numbers from one place to another, counted from the oldest, the newest first. */
    private List<Long> formers(RocksView view, long from, long to) {
        List<Long> sequences = new ArrayList<>();
        try (RocksCursor cursor = cursor(view)) {
            for (long place = 0; place < to && cursor.next(); place++) {
                if (place >= from) {
                    sequences.add(Keys.sequence(cursor.key()));
                }
            }
        }
        Collections.reverse(sequences);
        return sequences;
    }

    private RocksCursor cursor(RocksView view) {
        return view.cursor(Space.STATE, Keys.revision(id, 0), Keys.revision(id, Long.MAX_VALUE));
    }

    Revision former(RocksView view, long sequence) {
        return revision(StoredDocument.read(view.get(Space.HISTORY, Keys.history(sequence))));
    }

    private Revision revision(StoredDocument stored) {
        Document document = new Document(
                id,
                collections.name(stored.collection()),
                splits.vector(stored.sequence()),
                stored.lastModified(),
                stored.isTombstone() ? NOTHING : stored.body(),
                stored.due());
        return new Revision(document, stored.isTombstone());
    }
}
