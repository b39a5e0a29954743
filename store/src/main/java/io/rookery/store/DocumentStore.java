package io.rookery.store;

import io.rookery.api.Checkpoint;
import io.rookery.api.Document;
import io.rookery.api.Entry;
import io.rookery.api.FeedPage;
import io.rookery.api.FeedRequest;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * One shard's replica on disk. {@code apply} is called by one thread, in log order, and is deterministic; reads come
 * from any thread.
 */
public final class DocumentStore implements AutoCloseable {
    /** Opens or creates the store in {@code directory}; {@code tag} is the shard's tag in change vectors. */
    public static DocumentStore open(Path directory, String tag, StoreResources resources) {
        throw new UnsupportedOperationException("being written");
    }

    /** Applies one log entry's commands as one atomic write; outcomes in their order. Indexes at or below applied() are refused. */
    public List<Outcome> apply(TermIndex at, List<Command> commands) {
        throw new UnsupportedOperationException("being written");
    }

    /** Records that an entry without commands was passed (a configuration entry). Made durable with the next apply or flush. */
    public void passed(TermIndex at) {
        throw new UnsupportedOperationException("being written");
    }

    /** Last applied place, in memory or on disk. */
    public TermIndex applied() {
        throw new UnsupportedOperationException("being written");
    }

    /** Writes everything applied so far to disk; returns the applied place that is durable at least. Any thread. */
    public TermIndex flush() {
        throw new UnsupportedOperationException("being written");
    }

    /** Makes a consistent copy by hard links in the directory (must not exist); returns the applied place in it. Any thread. */
    public TermIndex checkpoint(Path directory) {
        throw new UnsupportedOperationException("being written");
    }

    /** The applied place in a store directory that nobody has open. */
    public static TermIndex appliedIn(Path directory) {
        throw new UnsupportedOperationException("being written");
    }

    /** Hash at exactly this applied index; empty when it is not applied yet or too long ago (some 10 000 entries are kept). */
    public Optional<StateHash> stateHash(long index) {
        throw new UnsupportedOperationException("being written");
    }

    public Optional<Document> document(String id) {
        throw new UnsupportedOperationException("being written");
    }

    public List<Optional<Document>> documents(List<String> ids) {
        throw new UnsupportedOperationException("being written");
    }

    public List<Document> documentsFrom(String prefix, String after, int limit) {
        throw new UnsupportedOperationException("being written");
    }

    public Optional<byte[]> entry(String key) {
        throw new UnsupportedOperationException("being written");
    }

    public List<Entry> entries(String prefix, String after, int limit) {
        throw new UnsupportedOperationException("being written");
    }

    public Checkpoint checkpoint(String task) {
        throw new UnsupportedOperationException("being written");
    }

    /** Feed of this replica; see {@link io.rookery.api.ChangeFeed}. */
    public FeedPage read(FeedRequest request) {
        throw new UnsupportedOperationException("being written");
    }

    /** Newest sequence number. */
    public long head() {
        throw new UnsupportedOperationException("being written");
    }

    /** Document counts and sizes of the shard, for stats and for the compaction's decisions. */
    public StoreStatistics statistics() {
        throw new UnsupportedOperationException("being written");
    }

    @Override
    public void close() {}
}
