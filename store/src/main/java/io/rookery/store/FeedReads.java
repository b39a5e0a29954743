package io.rookery.store;

import io.rookery.api.Change;
import io.rookery.api.ErrorCode;
import io.rookery.api.FeedPage;
import io.rookery.api.FeedRequest;
import io.rookery.api.Json;
import io.rookery.api.Operation;
import io.rookery.api.RookeryException;
import io.rookery.store.rocks.RocksCursor;
import io.rookery.store.rocks.RocksView;
import io.rookery.store.rocks.Space;
import io.rookery.store.rocks.StoreFailure;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.LongFunction;

/** Reads one page of the feed from one view of the store: first the records, bounded, then only the bodies they need. */
final class FeedReads {
    private static final int RECORDS_AT_ONCE = 256;
    /** As many keys to walk over for one that is wanted, at most. */
    private static final int CLOSE = 4;
    /** Then the page ends, so that it does not walk over all that a split left. */
    private static final int MOST_SKIPPED = 10_000;

    private final RocksView view;
    private final CollectionNames collections;
    private final Splits splits;
    private final FeedRequest request;
    private final List<FeedRecord> records = new ArrayList<>();
    private long bytes;
    /** Of the last record that was looked at. */
    private long seen;
    /** Records of documents that another shard has. */
    private int skipped;

    FeedReads(RocksView view, CollectionNames collections, Splits splits, FeedRequest request) {
        this.view = view;
        this.collections = collections;
        this.splits = splits;
        this.request = request;
        this.seen = request.after();
    }

    FeedPage page() {
        ShardRecord shard = ShardRecord.read(view.get(Space.STATE, Keys.SHARD));
        refuseGone(shard);
        if (request.collection() == null) {
            collectAll();
        } else {
            collectOfCollection(collections.knownNumber(request.collection()));
        }
        long last = isFull() ? seen : Math.max(request.after(), shard.head());
        return new FeedPage(changes(shard.windowStart()), last, shard.head(), shard.removedTombstone());
    }

    private void refuseGone(ShardRecord shard) {
        long removed = shard.removedTombstone();
        if (request.after() > 0 && request.after() < removed && request.removed() < removed) {
            throw new RookeryException(
                    ErrorCode.GONE,
                    "Expected a place in the feed of at least " + removed + " but found " + request.after()
                            + ": deletes behind it were removed; read from 0 again");
        }
    }

    private boolean isFull() {
        return records.size() >= request.limit() || bytes > request.maxBytes() || skipped >= MOST_SKIPPED;
    }

    private void collectAll() {
        try (RocksCursor cursor = view.cursor(Space.FEED, Keys.feed(request.after() + 1), Keys.feedEnd())) {
            while (!isFull() && cursor.next()) {
                add(FeedRecord.read(Keys.sequence(cursor.key()), cursor.value()));
            }
        }
    }

    private void collectOfCollection(Integer number) {
        if (number == null) {
            return;
        }
        byte[] from = Keys.feedOf(number, request.after() + 1);
        try (RocksCursor cursor = view.cursor(Space.FEED, from, Keys.feedOf(number + 1, 0))) {
            List<Long> sequences = new ArrayList<>();
            while (!isFull() && cursor.next()) {
                sequences.add(Keys.sequence(cursor.key()));
                if (sequences.size() == Math.min(RECORDS_AT_ONCE, request.limit() - records.size())) {
                    addThose(sequences);
                    sequences.clear();
                }
            }
            addThose(sequences);
        }
    }

    private void addThose(List<Long> sequences) {
        List<byte[]> values = values(Space.FEED, sequences, Keys::feed);
        for (int i = 0; i < values.size() && !isFull(); i++) {
            add(FeedRecord.read(sequences.get(i), values.get(i)));
        }
    }

    /**
     * The values of rising sequence numbers; null where absent. Where they lie close together they are walked over: the
     * history has none of new documents, and asking for a thousand that are not there costs more than their bodies.
     */
    private List<byte[]> values(Space space, List<Long> sequences, LongFunction<byte[]> key) {
        int count = sequences.size();
        if (count == 0 || sequences.get(count - 1) - sequences.get(0) >= (long) CLOSE * count) {
            return view.get(space, sequences.stream().map(key::apply).toList());
        }
        List<byte[]> values = new ArrayList<>(Collections.nCopies(count, null));
        byte[] from = key.apply(sequences.get(0));
        byte[] end = key.apply(sequences.get(count - 1) + 1);
        try (RocksCursor cursor = view.cursor(space, from, end)) {
            for (int i = 0; i < count && cursor.next(); ) {
                long found = Keys.sequence(cursor.key());
                while (i < count && sequences.get(i) < found) {
                    i++;
                }
                if (i < count && sequences.get(i) == found) {
                    values.set(i++, cursor.value());
                }
            }
        }
        return values;
    }

    private void add(FeedRecord record) {
        seen = record.sequence();
        if (!splits.owns(record.id())) {
            skipped++;
            return;
        }
        records.add(record);
        bytes += record.bodyBytes() + (request.before() ? (long) record.beforeBytes() : 0L);
    }

    private List<Change> changes(long windowStart) {
        List<Json> bodies = bodies();
        List<Json> before = before(windowStart);
        List<Change> changes = new ArrayList<>(records.size());
        for (int i = 0; i < records.size(); i++) {
            FeedRecord record = records.get(i);
            changes.add(new Change(
                    record.sequence(),
                    record.operation(),
                    record.id(),
                    collections.name(record.collection()),
                    record.timestamp(),
                    bodies.get(i),
                    before.get(i),
                    null));
        }
        return changes;
    }

    /** A version is in the history or among the documents. The history is asked first: it has the version or nothing. */
    private List<Json> bodies() {
        List<byte[]> values =
                values(Space.HISTORY, records.stream().map(FeedRecord::sequence).toList(), Keys::history);
        List<Integer> latest = new ArrayList<>();
        for (int i = 0; i < values.size(); i++) {
            if (values.get(i) == null && records.get(i).operation() != Operation.DELETE) {
                latest.add(i);
            }
        }
        List<byte[]> documents = view.get(
                Space.DOCUMENTS,
                latest.stream().map(i -> Keys.text(records.get(i).id())).toList());
        List<Json> bodies = new ArrayList<>();
        for (int i = 0, next = 0; i < values.size(); i++) {
            byte[] value = values.get(i);
            if (next < latest.size() && latest.get(next) == i) {
                value = documents.get(next++);
                requireVersion(records.get(i), value);
            }
            bodies.add(value == null ? null : StoredDocument.read(value).body());
        }
        return bodies;
    }

    private static void requireVersion(FeedRecord record, byte[] document) {
        if (document == null || StoredDocument.read(document).sequence() != record.sequence()) {
            throw new StoreFailure(
                    "Expected the body of change " + record.sequence() + " of " + record.id() + " but found none");
        }
    }

    /** Behind the window there is none, though a revision may still have it: only the window is the feed's. */
    private List<Json> before(long windowStart) {
        List<byte[]> values = request.before()
                ? view.get(
                        Space.HISTORY,
                        records.stream()
                                .map(record -> Keys.history(record.sequence() < windowStart ? 0 : record.previous()))
                                .toList())
                : records.stream().map(record -> (byte[]) null).toList();
        List<Json> before = new ArrayList<>();
        for (byte[] value : values) {
            before.add(value == null ? null : StoredDocument.read(value).body());
        }
        return before;
    }
}
