package io.rookery.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.rookery.api.Change;
import io.rookery.api.ChangeVector;
import io.rookery.api.Checkpoint;
import io.rookery.api.Document;
import io.rookery.api.Due;
import io.rookery.api.Entry;
import io.rookery.api.FeedPage;
import io.rookery.api.FeedRequest;
import io.rookery.api.Fence;
import io.rookery.api.Json;
import io.rookery.api.Read;
import io.rookery.api.Transaction;
import io.rookery.api.Write;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random log entries into two replicas that flush, crash and replay at different moments, and into a model: all three
 * must say the same, and both replicas must have the same hash at every index.
 */
class RandomisedStoreTest {
    private static final int ENTRIES = 400;

    @TempDir
    Path directory;

    private final List<List<Command>> log = new ArrayList<>();
    private final StoreModel model = new StoreModel();
    private Random random;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void shouldAgreeWithTheModelAndBetweenReplicas(long seed) {
        random = new Random(seed);
        try (StoreResources resources = StoreResources.open(8 << 20, 4 << 20);
                Replica steady = new Replica(directory.resolve("steady"), resources);
                Replica restless = new Replica(directory.resolve("restless"), resources)) {
            for (int i = 0; i < ENTRIES; i++) {
                List<Command> entry = entry();
                log.add(entry);
                List<Outcome> outcomes = steady.store.apply(new TermIndex(1, i), entry);
                requireOutcomes(outcomes, entry, i);
                assertThat(restless.store.apply(new TermIndex(1, i), entry)).isEqualTo(outcomes);
                disturb(restless);
                assertThat(restless.store.stateHash(i)).isPresent().isEqualTo(steady.store.stateHash(i));
                if (i % 50 == 49) {
                    requireSameState(steady.store);
                    requireSameState(restless.store);
                }
            }
        }
    }

    private void requireOutcomes(List<Outcome> outcomes, List<Command> entry, int index) {
        for (int c = 0; c < entry.size(); c++) {
            Outcome outcome = outcomes.get(c);
            if (entry.get(c) instanceof Command.Commit commit) {
                Object expected = model.commit(commit.transaction(), index);
                Object actual =
                        outcome instanceof Outcome.Committed committed ? committed.result() : outcome.getClass();
                assertThat(actual).as("entry %s command %s", index, commit).isEqualTo(expected);
            } else if (entry.get(c) instanceof Command.Compact compact) {
                assertThat(outcome).isEqualTo(new Outcome.Compacted(false));
                model.compact(compact);
            } else if (entry.get(c) instanceof Command.Sweep sweep) {
                assertThat(outcome).isEqualTo(model.sweep(sweep));
            } else if (entry.get(c) instanceof Command.ConfigureRevisions configure) {
                model.configure(configure.policy());
            }
        }
    }

    private void disturb(Replica replica) {
        int what = random.nextInt(40);
        if (what < 3) {
            replica.store.flush();
        } else if (what == 3) {
            replica.reopen();
        } else if (what == 4) {
            replica.crash(log);
        }
    }

    private void requireSameState(DocumentStore store) {
        assertThat(store.verify())
                .isEqualTo(store.stateHash(store.applied().index()).orElseThrow());
        assertThat(store.documentsFrom("", null, 1_000))
                .isEqualTo(
                        model.documents().values().stream().map(this::document).toList());
        assertThat(store.entries("", null, 1_000).stream().map(Entry::key))
                .containsExactlyElementsOf(model.entries().keySet());
        model.entries().forEach((key, value) -> assertThat(store.entry(key).orElseThrow())
                .asString(StandardCharsets.UTF_8)
                .isEqualTo(value));
        assertThat(store.exchanges("", null, 1_000))
                .containsExactlyElementsOf(model.exchanges().values());
        assertThat(store.exchanges("x1", "x11", 3))
                .containsExactlyElementsOf(model.exchanges().tailMap("x11", false).values().stream()
                        .filter(value -> value.key().startsWith("x1"))
                        .limit(3)
                        .toList());
        assertThat(store.identities(1_000)).isEqualTo(model.identities());
        for (int t = 0; t < 3; t++) {
            assertThat(store.checkpoint("t" + t)).isEqualTo(model.checkpoint("t" + t));
        }
        assertThat(feed(store, null)).isEqualTo(model.feed());
        assertThat(feed(store, "C1"))
                .isEqualTo(model.feed().stream()
                        .filter(change -> change.collection().equals("C1"))
                        .toList());
        requireSameRevisions(store);
        StoreStatistics statistics = store.statistics();
        assertThat(statistics.head()).isEqualTo(model.head()).isEqualTo(store.head());
        assertThat(statistics.windowStart()).isEqualTo(model.windowStart());
        assertThat(statistics.documents().values().stream().mapToLong(n -> n).sum())
                .isEqualTo(model.documents().size());
    }

    private Document document(Change change) {
        return new Document(
                change.id(),
                change.collection(),
                new ChangeVector("A", change.sequence()),
                change.timestamp(),
                change.document(),
                model.due(change.id()));
    }

    private void requireSameRevisions(DocumentStore store) {
        long count = 0;
        for (int d = 0; d < 40; d++) {
            String id = "d" + d;
            List<Change> kept = model.revisions().getOrDefault(id, List.of());
            count += kept.size();
            List<Revision> all = store.revisions(id).page(0, 1_000);
            assertThat(store.revisions(id).count()).isEqualTo(all.size());
            List<Long> sequences = all.stream()
                    .map(revision -> revision.document().changeVector().sequence())
                    .toList();
            assertThat(sequences.size() - kept.size()).isBetween(0, 1); // the latest one, where it counts as one
            for (int k = 0; k < kept.size(); k++) {
                Change change = kept.get(kept.size() - 1 - k);
                Revision found = all.get(all.size() - kept.size() + k);
                assertThat(found.document().changeVector().sequence()).isEqualTo(change.sequence());
                assertThat(found.document().body()).isEqualTo(change.document());
                assertThat(store.revision(change.sequence())).contains(found);
            }
            assertThat(store.revisions(id).page(1, 2))
                    .isEqualTo(all.stream().skip(1).limit(2).toList());
        }
        assertThat(store.statistics().revisions()).isGreaterThanOrEqualTo(count);
    }

    private List<Change> feed(DocumentStore store, String collection) {
        List<Change> changes = new ArrayList<>();
        long after = 0;
        long removed = 0;
        while (true) {
            FeedPage page = store.read(
                    new FeedRequest(after, 1 + random.nextInt(30), 1 + random.nextInt(400), collection, true, removed));
            assertThat(page.removed()).isEqualTo(model.removed());
            removed = page.removed();
            changes.addAll(page.changes());
            if (page.last() == after) {
                assertThat(after).isEqualTo(page.head());
                return changes;
            }
            after = page.last();
        }
    }

    private List<Command> entry() {
        List<Command> commands = new ArrayList<>();
        int count = 1 + random.nextInt(4);
        for (int i = 0; i < count; i++) {
            commands.add(command());
        }
        return commands;
    }

    private Command command() {
        int kind = random.nextInt(30);
        if (kind == 0) {
            long windowStart = Math.max(0, model.head() - random.nextInt(200));
            long tombstonesBefore = windowStart - random.nextInt(50);
            return new Command.Compact(windowStart, tombstonesBefore, log.size() - 100L, 1_000_000);
        }
        if (kind == 1) {
            return new Command.Sweep(log.size(), random.nextBoolean(), random.nextBoolean(), 1_000_000);
        }
        if (kind == 2) {
            return new Command.ConfigureRevisions(policy());
        }
        return kind == 3 ? new Command.Barrier() : new Command.Commit(transaction());
    }

    private RevisionPolicy policy() {
        SortedMap<String, RevisionPolicy.Rule> collections = new TreeMap<>();
        collections.put("C0", rule());
        return new RevisionPolicy(random.nextBoolean() ? null : rule(), collections);
    }

    private RevisionPolicy.Rule rule() {
        return new RevisionPolicy.Rule(
                random.nextInt(5) == 0,
                random.nextInt(5) - 1,
                random.nextInt(3) > 0 ? -1 : random.nextInt(40),
                random.nextInt(4) == 0,
                1 + random.nextInt(5));
    }

    private Due due() {
        if (random.nextInt(3) > 0) {
            return Due.NEVER;
        }
        long expires = random.nextBoolean() ? 0 : 1L + log.size() + random.nextInt(60);
        return new Due(expires, random.nextBoolean() ? 0 : 1L + log.size());
    }

    private Transaction transaction() {
        List<Write> writes = new ArrayList<>();
        int count = random.nextInt(6);
        for (int i = 0; i < count; i++) {
            writes.add(write());
        }
        List<Read> reads = random.nextInt(5) > 0 ? List.of() : List.of(read());
        String key = random.nextInt(4) > 0 ? null : "k" + random.nextInt(60);
        Fence fence =
                random.nextInt(6) > 0 ? null : new Fence("t" + random.nextInt(3), log.size() / 100 + random.nextInt(2));
        return new Transaction(reads, writes, key, fence, log.size());
    }

    private Read read() {
        String id = id();
        return new Read(id, random.nextInt(3) == 0 ? new ChangeVector("A", 1) : model.version(id));
    }

    private Write write() {
        String id = id();
        ChangeVector expected = random.nextInt(4) > 0 ? null : model.version(id);
        switch (random.nextInt(14)) {
            case 10, 11 -> {
                return exchange("x" + random.nextInt(30));
            }
            case 12 -> {
                return new Write.PutNumbered("n" + random.nextInt(3) + "/", "C1", Json.of(random.nextInt()), due());
            }
            case 13 -> {
                // the numbers of documents are left to go up; NumberingTest has what happens where they are taken
                String prefix = "m" + random.nextInt(2) + "/";
                return random.nextBoolean()
                        ? new Write.TakeNumber(prefix)
                        : new Write.SeedNumber(prefix, 1 + random.nextInt(50), random.nextInt(4) == 0);
            }
            case 0, 1 -> {
                return new Write.DeleteDocument(id, expected);
            }
            case 2 -> {
                byte[] value = ("v" + random.nextInt()).getBytes(StandardCharsets.UTF_8);
                return new Write.PutEntry("e" + random.nextInt(20), value);
            }
            case 3 -> {
                return new Write.DeleteEntry("e" + random.nextInt(20));
            }
            case 4 -> {
                // without a fence a checkpoint of a lower epoch is refused; the model leaves that rule to CommitTest
                return new Write.SaveCheckpoint("t" + random.nextInt(3), new Checkpoint(1_000, random.nextInt(100), 0));
            }
            default -> {
                Json body = Json.of("x".repeat(random.nextInt(60)) + random.nextInt());
                return new Write.PutDocument(id, "C" + random.nextInt(3), body, expected, due());
            }
        }
    }

    private Write exchange(String key) {
        long known = model.exchangeIndex(key);
        long expected = random.nextInt(5) > 0 ? known : random.nextInt(20);
        return random.nextInt(3) > 0
                ? new Write.PutCompareExchange(key, Json.of("v" + random.nextInt()), expected, due().expires())
                : new Write.DeleteCompareExchange(key, expected);
    }

    private String id() {
        return "d" + random.nextInt(40);
    }

    /** A store that can be lost and come back. */
    private static final class Replica implements AutoCloseable {
        private final StoreResources resources;
        private Path directory;
        private DocumentStore store;
        private int crashes;

        Replica(Path directory, StoreResources resources) {
            this.directory = directory;
            this.resources = resources;
            this.store = DocumentStore.open(directory, "A", resources);
        }

        void reopen() {
            store.close();
            store = DocumentStore.open(directory, "A", resources);
        }

        /** Goes on from what is on disk now, without what only memory had, and replays the log from there. */
        void crash(List<List<Command>> log) {
            Path survivor = directory.resolveSibling("restless" + ++crashes);
            DiskCopy.copy(directory, survivor);
            store.close();
            directory = survivor;
            store = DocumentStore.open(directory, "A", resources);
            for (long i = store.applied().index() + 1; i < log.size(); i++) {
                store.apply(new TermIndex(1, i), log.get((int) i));
            }
        }

        @Override
        public void close() {
            store.close();
        }
    }
}
