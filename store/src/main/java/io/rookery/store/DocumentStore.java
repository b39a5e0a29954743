package io.rookery.store;

import io.rookery.api.Checkpoint;
import io.rookery.api.Document;
import io.rookery.api.Entry;
import io.rookery.api.FeedPage;
import io.rookery.api.FeedRequest;
import io.rookery.api.Write;
import io.rookery.store.rocks.RocksBatch;
import io.rookery.store.rocks.RocksStore;
import io.rookery.store.rocks.RocksView;
import io.rookery.store.rocks.Space;
import io.rookery.store.rocks.StoreFailure;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One shard's replica on disk. {@code apply} is called by one thread, in log order, and is deterministic; reads come
 * from any thread. What is applied is durable after the next flush, never in part; the log is replayed from there.
 *
 * <p>{@link StoreFailure} from any method that writes means that this replica must not go on: end the process. After
 * {@link #close} every call fails with UNAVAILABLE.
 */
public final class DocumentStore implements AutoCloseable {
    private final RocksStore rocks;
    private final ShardState state;
    private final StateSum sum;
    private final StoreReads reads;
    private final HashRing hashes = new HashRing();
    /** Held where the applied place is written, so that a flush never writes an older one over a newer one. */
    private final ReentrantLock writing = new ReentrantLock();

    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile AppliedRecord applied;
    private volatile long head;
    private AppliedRecord written;
    private boolean failed;

    private DocumentStore(RocksStore rocks, String tag) {
        this.rocks = rocks;
        try (RocksView view = rocks.view()) {
            state = ShardState.load(view, tag);
            written = AppliedRecord.read(view.get(Space.STATE, Keys.APPLIED));
        }
        applied = written;
        head = state.head;
        sum = new StateSum(applied.high(), applied.low());
        reads = new StoreReads(rocks, state.collections, state.splits);
        hashes.add(applied.hash());
    }

    /** Opens or creates the store in {@code directory}; {@code tag} is the shard's tag in change vectors. */
    public static DocumentStore open(Path directory, String tag, StoreResources resources) {
        RocksStore rocks = RocksStore.open(directory, resources.rocks());
        try {
            return new DocumentStore(rocks, tag);
        } catch (RuntimeException e) {
            rocks.close();
            throw e;
        }
    }

    /**
     * Applies one log entry's commands as one atomic write; outcomes in their order. Indexes at or below applied() are
     * refused.
     */
    public List<Outcome> apply(TermIndex at, List<Command> commands) {
        requireNext(at);
        try (Draft draft = new Draft(rocks, sum)) {
            new PartStep(draft, state).forgetAbandoned(at);
            prepare(draft, commands);
            List<Outcome> outcomes = new ArrayList<>(commands.size());
            for (Command command : commands) {
                outcomes.add(apply(at, command, draft));
            }
            new SplitStep(draft, state).end(at.index(), outcomes);
            state.save(draft);
            AppliedRecord next = new AppliedRecord(at, sum.high(), sum.low());
            write(draft.finish(next), next);
            return outcomes;
        } catch (RuntimeException e) {
            failed = true; // counters and sum are ahead of the disk now
            throw e instanceof StoreFailure ? e : new StoreFailure("Applying entry " + at + " failed", e);
        }
    }

    /**
     * The bytes of the command whose last part is the next entry; empty when it is not a last one or others are missing. What
     * they say is to be applied as {@link Command.Whole} instead of the part. Called by the thread that applies.
     */
    public Optional<byte[]> whole(TermIndex at, Command.Part part) {
        StagedParts staged = state.parts;
        if (staged == null || !part.isLast() || !staged.isNext(part) || !staged.canGoOn(at)) {
            return Optional.empty();
        }
        try (RocksView view = rocks.view()) {
            return Optional.of(PartStep.join(view, staged, part));
        }
    }

    private void requireNext(TermIndex at) {
        if (failed) {
            throw new StoreFailure("Expected no more entries after a failure but found " + at);
        }
        if (at.index() <= applied.at().index()) {
            throw new IllegalArgumentException(
                    "Expected an entry behind " + applied.at() + " but found " + at + ", which is applied");
        }
    }

    private static void prepare(Draft draft, List<Command> commands) {
        List<byte[]> documents = new ArrayList<>();
        List<byte[]> entries = new ArrayList<>();
        for (Command one : commands) {
            Command command = one instanceof Command.Whole whole ? whole.command() : one;
            if (command instanceof Command.Commit commit) {
                for (Write write : commit.transaction().writes()) {
                    if (write instanceof Write.PutDocument put) {
                        documents.add(Keys.text(put.id()));
                    } else if (write instanceof Write.PutEntry put) {
                        entries.add(Keys.text(put.key()));
                    }
                }
            }
        }
        draft.prepare(Space.DOCUMENTS, documents);
        draft.prepare(Space.ENTRIES, entries);
    }

    private Outcome apply(TermIndex at, Command command, Draft draft) {
        long index = at.index();
        if (command instanceof Command.Commit commit) {
            return new CommitStep(draft, state).apply(commit.transaction(), index);
        }
        if (command instanceof Command.Compact compact) {
            return new CompactStep(draft, state).apply(compact);
        }
        if (command instanceof Command.Sweep sweep) {
            return new SweepStep(draft, state).apply(sweep);
        }
        if (command instanceof Command.ConfigureRevisions configure) {
            state.revisions = configure.policy();
            draft.put(Space.STATE, Keys.REVISION_POLICY, configure.policy().write());
            return new Outcome.Passed(index);
        }
        if (command instanceof Command.Split split) {
            return new SplitStep(draft, state).apply(split, index);
        }
        if (command instanceof Command.Clean clean) {
            return new CleanStep(draft, state).apply(clean);
        }
        if (command instanceof Command.Part part) {
            return new PartStep(draft, state).apply(part, at);
        }
        if (command instanceof Command.Whole whole) {
            new PartStep(draft, state).forget();
            return apply(at, whole.command(), draft);
        }
        if (command instanceof Command.Barrier) {
            return new Outcome.Passed(index);
        }
        throw new IllegalStateException("Unknown command " + command.getClass());
    }

    private void write(RocksBatch batch, AppliedRecord next) {
        writing.lock();
        try {
            rocks.write(batch);
            written = next;
            head = state.head;
            reads.splits(state.splits);
            hashes.add(next.hash());
            applied = next;
        } finally {
            writing.unlock();
        }
    }

    /**
     * Records that an entry without commands was passed (a configuration entry). Made durable with the next apply or
     * flush. At or below applied() it does nothing. Called by the thread that applies.
     */
    public void passed(TermIndex at) {
        writing.lock();
        try {
            if (at.index() > applied.at().index()) {
                AppliedRecord next = new AppliedRecord(at, applied.high(), applied.low());
                hashes.add(next.hash());
                applied = next;
            }
        } finally {
            writing.unlock();
        }
    }

    /** Last applied place, in memory or on disk. */
    public TermIndex applied() {
        return applied.at();
    }

    /**
     * The log index of the newest data that reads can see. Unlike {@link #applied()} never behind what a read that has
     * ended saw: it is written with the data, and read from where the data is read.
     */
    public long readableIndex() {
        return AppliedRecord.read(rocks.get(Space.STATE, Keys.APPLIED)).at().index();
    }

    /**
     * Writes everything applied so far to disk; returns the applied place that is durable at least. Any thread; takes as
     * long as the disk does, so never the one that applies.
     */
    public TermIndex flush() {
        TermIndex place = writeApplied();
        rocks.flush();
        return place;
    }

    private TermIndex writeApplied() {
        writing.lock();
        try {
            if (!applied.equals(written)) {
                try (RocksBatch batch = rocks.batch()) {
                    batch.put(Space.STATE, Keys.APPLIED, applied.write());
                    rocks.write(batch);
                }
                written = applied;
            }
            return written.at();
        } finally {
            writing.unlock();
        }
    }

    /**
     * Makes a consistent copy by hard links in the directory (must not exist; it appears when it is complete and
     * durable); returns the applied place in it. Any thread, but not the one that applies.
     */
    public TermIndex checkpoint(Path directory) {
        writeApplied();
        CheckpointDirectory.create(directory, rocks::checkpoint);
        return appliedIn(directory);
    }

    /** The applied place in a store directory that nobody has open; NONE when there is no store. */
    public static TermIndex appliedIn(Path directory) {
        return AppliedRecord.read(RocksStore.peek(directory, Space.STATE, Keys.APPLIED))
                .at();
    }

    /** Hash at exactly this applied index; empty when it is not applied yet or too long ago (some 10 000 entries are kept). */
    public Optional<StateHash> stateHash(long index) {
        return hashes.at(index);
    }

    /**
     * The hash computed anew from everything that is stored, at the applied place on disk. Equal to {@link #stateHash}
     * of its index unless the storage is damaged. Reads the whole store.
     */
    public StateHash verify() {
        return reads.scan(read -> {});
    }

    /** Empty when it is absent or deleted. */
    public Optional<Document> document(String id) {
        return reads.document(id);
    }

    /** As many results as ids, in their order, of one moment. */
    public List<Optional<Document>> documents(List<String> ids) {
        return reads.documents(ids);
    }

    /** See {@link io.rookery.api.DocumentReader#documentsFrom}. */
    public List<Document> documentsFrom(String prefix, String after, int limit) {
        return reads.documentsFrom(prefix, after, limit);
    }

    /** The value of an entry; empty when it is absent. */
    public Optional<byte[]> entry(String key) {
        return reads.entry(key);
    }

    /** See {@link io.rookery.api.DocumentReader#entries}. */
    public List<Entry> entries(String prefix, String after, int limit) {
        return reads.entries(prefix, after, limit);
    }

    /** A compare-exchange value; empty when it is absent. */
    public Optional<CompareExchangeValue> exchange(String key) {
        return reads.exchange(key);
    }

    /** Values whose key starts with {@code prefix} and is greater than {@code after} (null: from the first), in order. */
    public List<CompareExchangeValue> exchanges(String prefix, String after, int limit) {
        return reads.exchanges(prefix, after, limit);
    }

    /** The last number of each identity, by what stands before it; the first {@code limit} in order. */
    public SortedMap<String, Long> identities(int limit) {
        return reads.identities(limit);
    }

    /** A task's delivered place; {@link Checkpoint#NONE} when it has none. */
    public Checkpoint checkpoint(String task) {
        return reads.checkpoint(task);
    }

    /** Every task that has a delivered place, with it. */
    public SortedMap<String, Checkpoint> checkpoints() {
        return reads.checkpoints();
    }

    /** Which revisions are kept. */
    public RevisionPolicy revisionPolicy() {
        return RevisionPolicy.read(rocks.get(Space.STATE, Keys.REVISION_POLICY));
    }

    /** A document's kept versions, the newest first. */
    public RevisionReads revisions(String id) {
        return new RevisionReads(rocks, state.collections, reads.splits(), id);
    }

    /** A kept version of any document, by the sequence number of its change vector. */
    public Optional<Revision> revision(long sequence) {
        return RevisionReads.idOf(rocks, sequence).flatMap(id -> revisions(id).at(sequence));
    }

    /** What the shard went through, and so which slots it has and who wrote a version. */
    public Splits splits() {
        return reads.splits();
    }

    /** Whether it stores what it no longer has since a split. */
    public boolean isToBeCleaned() {
        return reads.isToBeCleaned();
    }

    /** Whether something is due that a sweep with these settings would do. */
    public boolean isDue(long now, boolean expire, boolean refresh) {
        return reads.isDue(now, expire, refresh);
    }

    /** Feed of this replica; see {@link io.rookery.api.ChangeFeed}. */
    public FeedPage read(FeedRequest request) {
        Splits splits = reads.splits();
        try (RocksView view = rocks.view()) {
            return new FeedReads(view, state.collections, splits, request).page();
        }
    }

    /** Newest sequence number. */
    public long head() {
        return head;
    }

    /** Document counts and sizes of the shard, for stats and for the compaction's decisions. */
    public StoreStatistics statistics() {
        return reads.statistics();
    }

    /** Bytes of the files that hold what was flushed. */
    public long sizeOnDisk() {
        return rocks.sizeOnDisk();
    }

    /** Flushes and closes; waits for the calls that are inside. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            try {
                flush();
            } finally {
                rocks.close();
            }
        }
    }
}
