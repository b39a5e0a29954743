package io.rookery.store;

import io.rookery.api.ChangeVector;
import io.rookery.api.FeedPage;
import io.rookery.api.FeedRequest;
import io.rookery.api.Json;
import io.rookery.api.Transaction;
import io.rookery.api.Write;
import java.nio.file.Path;
import java.util.List;

/** A store in a directory with a log index that moves on by itself, and short words for what tests say often. */
final class StoreFixture implements AutoCloseable {
    static final ChangeVector NONE = ChangeVector.NONE;

    private final StoreResources resources = StoreResources.open(16 << 20, 8 << 20);
    private final Path directory;
    private DocumentStore store;

    StoreFixture(Path directory) {
        this.directory = directory;
        this.store = DocumentStore.open(directory, "A", resources);
    }

    DocumentStore store() {
        return store;
    }

    StoreResources resources() {
        return resources;
    }

    void reopen() {
        store.close();
        store = DocumentStore.open(directory, "A", resources);
    }

    TermIndex next() {
        return new TermIndex(1, store.applied().index() + 1);
    }

    List<Outcome> apply(Command... commands) {
        return store.apply(next(), List.of(commands));
    }

    Outcome commit(Transaction transaction) {
        return apply(new Command.Commit(transaction)).get(0);
    }

    Outcome commit(Write... writes) {
        return commit(Transaction.of(List.of(writes), 1_000));
    }

    boolean compact(long windowStart, long tombstonesBefore, int limit) {
        return ((Outcome.Compacted) apply(new Command.Compact(windowStart, tombstonesBefore, 0, limit))
                        .get(0))
                .more();
    }

    FeedPage feed(long after) {
        return store.read(new FeedRequest(after, 100, 1 << 20, null, true));
    }

    static Write put(String id, String body) {
        return put(id, body, null);
    }

    static Write put(String id, String body, ChangeVector expected) {
        return new Write.PutDocument(id, "Orders", Json.parse(body), expected);
    }

    static Write delete(String id) {
        return new Write.DeleteDocument(id, null);
    }

    static ChangeVector version(long sequence) {
        return new ChangeVector("A", sequence);
    }

    @Override
    public void close() {
        store.close();
        resources.close();
    }
}
