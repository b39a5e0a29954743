package io.rookery.etl.mirror;

import io.rookery.api.CommitResult;
import io.rookery.api.DocumentDatabase;
import io.rookery.api.Entry;
import io.rookery.api.Fence;
import io.rookery.api.RookeryException;
import io.rookery.api.Transaction;
import io.rookery.api.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** A mirror's way into its database: every transaction under the unit's epoch. One thread. */
final class MirrorStore {
    private static final int PAGE = 1_000;
    private static final int WRITE_BYTES = 64;

    private final DocumentDatabase database;
    private final RowKeys keys;
    private final Fence fence;
    private final LongSupplier clock;
    private final MirrorLimits limits;
    private Ahead ahead;

    /** A transaction that is under way. */
    private record Ahead(Transaction transaction, CompletableFuture<CommitResult> result) {}

    MirrorStore(MirrorSetup setup, DocumentDatabase database, LongSupplier clock) {
        this.database = database;
        this.keys = new RowKeys(setup.connection());
        this.fence = setup.fence();
        this.clock = clock;
        this.limits = setup.limits();
    }

    DocumentDatabase database() {
        return database;
    }

    RowKeys keys() {
        return keys;
    }

    MirrorLimits limits() {
        return limits;
    }

    long now() {
        return clock.getAsLong();
    }

    /** Stored rows, to be changed by one batch. */
    Rows rows() {
        return new Rows(database, keys, false);
    }

    /** As {@link #rows()} where nothing is stored yet that the batch has. */
    Rows firstRows() {
        return new Rows(database, keys, true);
    }

    /** Approximate size of what is written. */
    static long bytes(List<Write> writes) {
        long bytes = 0;
        for (Write write : writes) {
            bytes += bytes(write);
        }
        return bytes;
    }

    private static long bytes(Write write) {
        if (write instanceof Write.PutDocument put) {
            return (long) WRITE_BYTES + put.body().size();
        }
        return write instanceof Write.PutEntry put ? (long) WRITE_BYTES + put.value().length : WRITE_BYTES;
    }

    /** For every entry under the prefix; the consumer may delete what it is given. */
    void forEachPage(String prefix, Consumer<List<Entry>> consumer) {
        List<Entry> page = List.of();
        do {
            String after = page.isEmpty() ? null : page.get(page.size() - 1).key();
            page = database.entries(prefix, after, PAGE);
            if (!page.isEmpty()) {
                consumer.accept(page);
            }
        } while (page.size() == PAGE);
    }

    void deleteAll(String prefix) {
        forEachPage(
                prefix,
                page -> commit(page.stream()
                        .map(entry -> (Write) new Write.DeleteEntry(entry.key()))
                        .toList()));
    }

    /** In order, as several transactions when it is much: for what may be half done and is then done again. */
    void commitInParts(List<Write> writes) {
        commit(lastPart(writes));
    }

    /** As {@link #commitInParts}, the last transaction as {@link #commitAhead}. */
    void commitInPartsAhead(List<Write> writes) {
        commitAhead(lastPart(writes));
    }

    /** Commits all parts but the last. */
    private List<Write> lastPart(List<Write> writes) {
        List<Write> part = new ArrayList<>();
        long bytes = 0;
        for (Write write : writes) {
            long more = bytes(write);
            if (!part.isEmpty() && (part.size() >= limits.writes() || bytes + more > limits.bytes())) {
                commit(part);
                part = new ArrayList<>();
                bytes = 0;
            }
            part.add(write);
            bytes += more;
        }
        return part;
    }

    /**
     * Commits, and waits until this node's reads see it. Where it is not known whether a transaction took effect the
     * same one is given again, under its key, until it is: going on from older rows could undo it.
     */
    void commit(List<Write> writes) {
        if (writes.isEmpty()) {
            return;
        }
        settle();
        commitAhead(writes);
        settle();
    }

    /**
     * Begins to commit and returns: for writes that the next ones do not depend on. They are committed in the order of
     * the calls; the next call of any commit, or {@link #settle}, waits for it and throws what became of it.
     */
    void commitAhead(List<Write> writes) {
        settle();
        if (!writes.isEmpty()) {
            String key = fence.task() + '-' + fence.epoch() + '-' + UUID.randomUUID();
            Transaction transaction = new Transaction(List.of(), writes, key, fence, clock.getAsLong());
            ahead = new Ahead(transaction, database.commit(transaction));
        }
    }

    /** Waits until what was begun is committed and this node's reads see it. */
    void settle() {
        if (ahead != null) {
            Ahead begun = ahead;
            ahead = null;
            CommitResult result = await(begun.result(), begun.transaction());
            await(database.applied(result.index()));
        }
    }

    private CommitResult await(CompletableFuture<CommitResult> first, Transaction transaction) {
        CompletableFuture<CommitResult> attempt = first;
        while (true) {
            try {
                return await(attempt);
            } catch (RookeryException e) {
                if (e.outcomeKnown() || Thread.currentThread().isInterrupted()) {
                    throw e;
                }
                LockSupport.parkNanos(200_000_000L);
                attempt = database.commit(transaction);
            }
        }
    }

    static <T> T await(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RookeryException failure) {
                throw failure;
            }
            throw e;
        }
    }
}
