package io.rookery.store;

import io.rookery.api.Document;
import io.rookery.api.Due;
import io.rookery.api.Entry;
import io.rookery.api.FeedPage;
import io.rookery.api.FeedRequest;
import io.rookery.store.rocks.RocksStore;
import io.rookery.store.rocks.RocksView;
import io.rookery.store.rocks.Space;
import io.rookery.store.rocks.StoreFailure;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.LongConsumer;

/**
 * A checkpoint of a shard, opened to read: one moment, for as long as it takes, without holding up the store that it is
 * of. Any thread. See {@link DocumentStore#checkpoint}.
 */
public final class StoreCopy implements AutoCloseable {
    private final RocksStore rocks;
    private final StoreReads reads;
    private final CollectionNames collections;
    private final Splits splits;
    private final AppliedRecord applied;
    private final ShardRecord shard;

    private StoreCopy(RocksStore rocks, String tag) {
        this.rocks = rocks;
        try (RocksView view = rocks.view()) {
            collections = CollectionNames.load(view);
            applied = AppliedRecord.read(view.get(Space.STATE, Keys.APPLIED));
            splits = Splits.read(tag, view.get(Space.STATE, Keys.SPLITS));
            shard = ShardRecord.read(view.get(Space.STATE, Keys.SHARD));
        }
        reads = new StoreReads(rocks, collections, splits);
    }

    /** @throws StoreFailure when it cannot be opened */
    public static StoreCopy open(Path checkpoint, String tag, StoreResources resources) {
        RocksStore rocks = RocksStore.openToRead(checkpoint, resources.rocks());
        try {
            return new StoreCopy(rocks, tag);
        } catch (RuntimeException e) {
            rocks.close();
            throw e;
        }
    }

    /** Place in the log, and the hash of the state there. */
    public StateHash applied() {
        return applied.hash();
    }

    /** Tags of all shards that came out of this one, or out of those it came from. */
    public List<String> splitInto() {
        return splits.all().stream().map(Split::to).toList();
    }

    /** Newest sequence number. */
    public long head() {
        return shard.head();
    }

    /** Sequence number from which on the feed has every version. */
    public long windowStart() {
        return shard.windowStart();
    }

    /**
     * Compares all blocks with their checksums, and the state with its hash.
     *
     * @param read told how many bytes each step read; may wait
     * @return what is wrong; empty when nothing is
     */
    public Optional<String> damage(LongConsumer read) {
        try {
            rocks.verifyTables(read);
            StateHash found = reads.scan(read);
            return found.equals(applied.hash())
                    ? Optional.empty()
                    : Optional.of("Expected the state hash " + applied.hash() + " at index "
                            + applied.at().index() + " but what is stored gives " + found);
        } catch (StoreFailure e) {
            return Optional.of(e.getMessage()
                    + (e.getCause() == null ? "" : ": " + e.getCause().getMessage()));
        }
    }

    /** See {@link io.rookery.api.DocumentReader#documentsFrom}. */
    public List<Document> documentsFrom(String prefix, String after, int limit) {
        return reads.documentsFrom(prefix, after, limit);
    }

    /**
     * Documents by id behind one (null: from the first), at most {@code limit}; fewer after the one whose body passes
     * {@code maxBytes}, but at least one if there is any.
     */
    public List<Document> documentsBehind(String after, int limit, long maxBytes) {
        return reads.documentsBehind(after, limit, maxBytes);
    }

    /**
     * Former versions of documents that were made behind a sequence number and are kept, the oldest first and at most
     * {@code limit}; fewer after the one whose body passes {@code maxBytes}, but at least one if there is any.
     */
    public List<KeptVersion> keptVersions(long after, int limit, long maxBytes) {
        return new KeptVersions(rocks, collections, splits).behind(after, limit, maxBytes);
    }

    /** See {@link io.rookery.api.DocumentReader#entries}. */
    public List<Entry> entries(String prefix, String after, int limit) {
        return reads.entries(prefix, after, limit);
    }

    /** See {@link DocumentStore#exchanges}. */
    public List<CompareExchangeValue> exchanges(String prefix, String after, int limit) {
        return reads.exchanges(prefix, after, limit);
    }

    /** See {@link DocumentStore#identities}. */
    public SortedMap<String, Long> identities(int limit) {
        return reads.identities(limit);
    }

    /** What is to happen by itself to that version of a document; NEVER where the version is no longer there. */
    public Due due(String id, long sequence) {
        byte[] former = rocks.get(Space.HISTORY, Keys.history(sequence));
        byte[] value = former == null ? rocks.get(Space.DOCUMENTS, Keys.text(id)) : former;
        StoredDocument stored = value == null ? null : StoredDocument.read(value);
        return stored == null || stored.sequence() != sequence ? Due.NEVER : stored.due();
    }

    /** When a compare-exchange value may be removed, in milliseconds since the epoch; 0: never. */
    public long exchangeExpires(String key) {
        byte[] value = rocks.get(Space.STATE, Keys.exchange(key));
        return value == null ? 0 : ExchangeRecord.read(value).expires();
    }

    /** See {@link io.rookery.api.ChangeFeed}. */
    public FeedPage read(FeedRequest request) {
        try (RocksView view = rocks.view()) {
            return new FeedReads(view, collections, splits, request).page();
        }
    }

    @Override
    public void close() {
        rocks.close();
    }
}
