package io.rookery.cluster;

import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import io.rookery.cluster.wire.CommandCodec;
import io.rookery.store.Command;
import io.rookery.store.DocumentStore;
import io.rookery.store.Outcome;
import io.rookery.store.StoreResources;
import io.rookery.store.TermIndex;
import io.rookery.store.rocks.StoreFailure;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The store of a shard on this node, across the snapshots that replace it: a read holds the store open, and what waits
 * for an index or a sequence number goes on waiting. Written by Ratis's one apply thread, read by any.
 */
final class Replica implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Replica.class);

    private final Path directory;
    private final String tag;
    private final StoreResources resources;
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private final Milestones applied;
    private final Milestones sequences;
    private DocumentStore store;
    private volatile TermIndex openedAt = TermIndex.NONE;
    private volatile String damage;

    Replica(Path directory, String tag, StoreResources resources, Executor executor) {
        this.directory = directory;
        this.tag = tag;
        this.resources = resources;
        applied = new Milestones(executor);
        sequences = new Milestones(executor);
    }

    Path directory() {
        return directory;
    }

    String tag() {
        return tag;
    }

    /** What a read stumbled over; empty as long as none did. */
    Optional<String> damage() {
        return Optional.ofNullable(damage);
    }

    Milestones appliedIndex() {
        return applied;
    }

    Milestones sequences() {
        return sequences;
    }

    /** Opens the store, after {@code prepare} had the directory for itself. Readers wait meanwhile. */
    TermIndex open(Runnable prepare) {
        lock.writeLock().lock();
        try {
            if (store != null) {
                store.close();
                store = null;
            }
            prepare.run();
            store = DocumentStore.open(directory, tag, resources);
        } finally {
            lock.writeLock().unlock();
        }
        TermIndex at = read(DocumentStore::applied);
        openedAt = at;
        signal(at);
        return at;
    }

    /** What it had durably when it was opened last. */
    TermIndex openedAt() {
        return openedAt;
    }

    <T> T read(Function<DocumentStore, T> question) {
        lock.readLock().lock();
        try {
            if (store == null) {
                throw new RookeryException(
                        ErrorCode.UNAVAILABLE, "Expected the shard's store to be open on this node but it is closed");
            }
            return question.apply(store);
        } catch (StoreFailure e) {
            if (!e.isDamage()) {
                throw e;
            }
            if (damage == null) {
                LOG.error("The replica in {} is damaged", directory, e);
            }
            damage = e.getMessage();
            throw new RookeryException(
                    ErrorCode.CORRUPT,
                    "The replica on this node is damaged; another node has the data, and a repair gets it from there: "
                            + e.getMessage() + ": " + e.getCause().getMessage(),
                    e);
        } finally {
            lock.readLock().unlock();
        }
    }

    List<Outcome> apply(TermIndex at, List<Command> entry) {
        List<Outcome> outcomes = read(store -> {
            List<Command> commands = whole(store, at, entry);
            SplitSeed seed = new SplitSeed(directory, tag, resources);
            seed.take(store, at, commands);
            List<Outcome> done = store.apply(at, commands);
            seed.keepIfDivided(done);
            return done;
        });
        signal(at);
        return outcomes;
    }

    /** With a command in place of its last part: what it is, the store cannot tell from its bytes. */
    private static List<Command> whole(DocumentStore store, TermIndex at, List<Command> entry) {
        if (entry.size() == 1 && entry.get(0) instanceof Command.Part part) {
            return store.whole(at, part)
                    .map(bytes -> List.<Command>of(new Command.Whole(CommandCodec.command(bytes))))
                    .orElse(entry);
        }
        return entry;
    }

    void passed(TermIndex at) {
        read(store -> {
            store.passed(at);
            return null;
        });
        signal(at);
    }

    private void signal(TermIndex at) {
        sequences.reached(read(DocumentStore::head));
        applied.reached(at.index());
    }

    /** One that can no longer be written is closed all the same: what it did not flush is in the log. */
    private void closeStore() {
        try {
            store.close();
        } catch (StoreFailure e) {
            LOG.warn("The store in {} was closed without its last writes: {}", directory, e.getMessage());
        } finally {
            store = null;
        }
    }

    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            if (store != null) {
                closeStore();
            }
        } finally {
            lock.writeLock().unlock();
        }
        RookeryException closed = new RookeryException(ErrorCode.UNAVAILABLE, "The shard was closed on this node");
        applied.fail(closed);
        sequences.fail(closed);
    }
}
