package io.rookery.store;

import io.rookery.store.rocks.RocksCursor;
import io.rookery.store.rocks.RocksStore;
import io.rookery.store.rocks.RocksView;
import io.rookery.store.rocks.Space;
import java.util.ArrayList;
import java.util.List;

/** The kept versions of all documents, in the order in which they were made. Any thread; each call sees one moment. */
final class KeptVersions {
    private final RocksStore rocks;
    private final CollectionNames collections;
    private final Splits splits;

    KeptVersions(RocksStore rocks, CollectionNames collections, Splits splits) {
        this.rocks = rocks;
        this.collections = collections;
        this.splits = splits;
    }

    List<KeptVersion> behind(long after, int limit, long maxBytes) {
        List<KeptVersion> found = new ArrayList<>();
        long bytes = 0;
        try (RocksView view = rocks.view();
                RocksCursor cursor =
                        view.cursor(Space.STATE, Keys.revisionId(after + 1), Keys.revisionId(Long.MAX_VALUE))) {
            while (found.size() < limit && (bytes <= maxBytes || found.isEmpty()) && cursor.next()) {
                String id = Keys.named(cursor.value());
                if (splits.owns(id)) {
                    KeptVersion version = version(view, id, Keys.sequence(cursor.key()));
                    bytes += version.revision().document().body().size();
                    found.add(version);
                }
            }
        }
        return found;
    }

    private KeptVersion version(RocksView view, String id, long sequence) {
        Revision revision = new RevisionReads(rocks, collections, splits, id).former(view, sequence);
        byte[] value = view.get(Space.DOCUMENTS, Keys.text(id));
        StoredDocument latest = value == null ? null : StoredDocument.read(value);
        if ((latest != null && !latest.isTombstone()) || hasLater(view, id, sequence)) {
            return new KeptVersion(sequence, revision, -1);
        }
        long deletedAt = latest == null ? revision.document().lastModified() : latest.lastModified();
        return new KeptVersion(sequence, revision, deletedAt);
    }

    private static boolean hasLater(RocksView view, String id, long sequence) {
        try (RocksCursor later =
                view.cursor(Space.STATE, Keys.revision(id, sequence + 1), Keys.revision(id, Long.MAX_VALUE))) {
            return later.next();
        }
    }
}
