package io.rookery.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.rookery.api.Change;
import io.rookery.api.ChangeVector;
import io.rookery.api.CommitResult;
import io.rookery.api.Document;
import io.rookery.api.Due;
import io.rookery.api.FeedRequest;
import io.rookery.api.Json;
import io.rookery.api.Transaction;
import io.rookery.api.Write;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store that is split: what each half has, refuses and forgets. */
final class SplitTest {
    private static final int HALF = Slot.COUNT / 2;
    private static final Command.Split SPLIT = new Command.Split("A", "B", HALF, Slot.COUNT - 1);
    private static final String STAYS = name(0);
    private static final String MOVES = name(1);

    @TempDir
    private Path folder;

    private final StoreResources resources = StoreResources.open(16 << 20, 8 << 20);
    private DocumentStore source;
    private DocumentStore target;

    /** An id in the lower or the upper half. */
    private static String name(int half) {
        return IntStream.range(0, 1_000)
                .mapToObj(i -> "items/" + i)
                .filter(id -> Slot.of(id) / HALF == half)
                .findFirst()
                .orElseThrow();
    }

    @BeforeEach
    void open() {
        source = DocumentStore.open(folder.resolve("A"), "A", resources);
    }

    @AfterEach
    void close() {
        source.close();
        if (target != null) {
            target.close();
        }
        resources.close();
    }

    private static Outcome apply(DocumentStore store, Command command) {
        return store.apply(new TermIndex(1, store.applied().index() + 1), List.of(command))
                .get(0);
    }

    private static Outcome commit(DocumentStore store, String key, Write... writes) {
        return apply(store, new Command.Commit(new Transaction(List.of(), List.of(writes), key, null, 1_000)));
    }

    private static Write put(String id) {
        return new Write.PutDocument(id, "Items", Json.parse("{\"id\":\"" + id + "\"}"), null);
    }

    private static ChangeVector version(Outcome outcome) {
        return ((Outcome.Committed) outcome).result().changeVectors().get(0);
    }

    /** As each replica does it: a copy of before applies the entry too, and is opened as the other shard. */
    private Split split() {
        return ((Outcome.Divided) split(List.of(SPLIT)).get(0)).split();
    }

    private List<Outcome> split(List<Command> entry) {
        TermIndex at = new TermIndex(1, source.applied().index() + 1);
        source.checkpoint(folder.resolve("B"));
        try (DocumentStore copy = DocumentStore.open(folder.resolve("B"), "A", resources)) {
            copy.apply(at, entry);
        }
        List<Outcome> outcomes = source.apply(at, entry);
        target = DocumentStore.open(folder.resolve("B"), "B", resources);
        assertThat(target.stateHash(at.index())).isEqualTo(source.stateHash(at.index()));
        return outcomes;
    }

    private static void clean(DocumentStore store, int limit) {
        int commands = 0;
        while (((Outcome.Cleaned) apply(store, new Command.Clean(limit))).more()) {
            assertThat(commands++).isLessThan(100_000);
        }
        assertThat(store.isToBeCleaned()).isFalse();
        assertThat(store.verify())
                .isEqualTo(store.stateHash(store.applied().index()).orElseThrow());
    }

    private static List<Document> documents(DocumentStore store) {
        return store.documentsFrom("", null, 10_000);
    }

    private static List<Change> feed(DocumentStore store, long after) {
        return store.read(new FeedRequest(after, 10_000, 64 << 20, null, false)).changes();
    }

    @Test
    void shouldRefuseWhatMovedInBothHalves() {
        commit(source, null, put(STAYS), put(MOVES));

        split();

        assertThat(commit(source, null, put(MOVES))).isEqualTo(new Outcome.Moved(MOVES));
        assertThat(commit(source, null, put(STAYS), put(MOVES))).isEqualTo(new Outcome.Moved(MOVES));
        assertThat(commit(target, null, put(STAYS))).isEqualTo(new Outcome.Moved(STAYS));
        assertThat(commit(source, null, put(STAYS))).isInstanceOf(Outcome.Committed.class);
        assertThat(commit(target, null, put(MOVES))).isInstanceOf(Outcome.Committed.class);
        assertThat(commit(source, null, new Write.PutCompareExchange(MOVES, Json.parse("1"), 0)))
                .isEqualTo(new Outcome.Moved(MOVES));
        assertThat(commit(source, null, new Write.TakeNumber(MOVES))).isEqualTo(new Outcome.Moved(MOVES));
        assertThat(documents(source)).extracting(Document::id).containsExactly(STAYS);
        assertThat(documents(target)).extracting(Document::id).containsExactly(MOVES);
        assertThat(source.splits().owns(MOVES)).isFalse();
    }

    @Test
    void shouldKeepTheTagOfWhoWroteAVersion() {
        ChangeVector before = version(commit(source, "key", put(MOVES)));

        Split split = split();

        assertThat(split).isEqualTo(new Split("A", "B", HALF, Slot.COUNT - 1, 1, 1));
        assertThat(target.document(MOVES).orElseThrow().changeVector()).isEqualTo(before);
        CommitResult again = ((Outcome.Committed) commit(target, "key", put(MOVES))).result();
        assertThat(again.repeated()).isTrue();
        assertThat(again.changeVectors()).containsExactly(before);
        Write expecting = new Write.PutDocument(MOVES, "Items", Json.parse("{}"), before);
        assertThat(version(commit(target, null, expecting))).isEqualTo(new ChangeVector("B", 2));
        assertThat(version(commit(source, null, put(STAYS)))).isEqualTo(new ChangeVector("A", 2));
        assertThat(feed(target, 1)).extracting(Change::id).containsExactly(MOVES);
    }

    @Test
    void shouldHaveInBothWhatItsEntryWroteBehindTheSplit() {
        commit(source, null, put(STAYS), put(MOVES));
        Command later =
                new Command.Commit(new Transaction(List.of(), List.of(put(STAYS), put(STAYS)), null, null, 1_000));
        Command refused = new Command.Commit(new Transaction(List.of(), List.of(put(MOVES)), null, null, 1_000));

        List<Outcome> outcomes = split(List.of(later, SPLIT, later, refused));

        Split split = ((Outcome.Divided) outcomes.get(1)).split();
        assertThat(split.head()).isEqualTo(6).isEqualTo(source.head()).isEqualTo(target.head());
        assertThat(outcomes.get(3)).isEqualTo(new Outcome.Moved(MOVES));
        assertThat(source.splits().all()).containsExactly(split);
        assertThat(target.splits().all()).containsExactly(split);
        assertThat(version(commit(target, null, put(MOVES)))).isEqualTo(new ChangeVector("B", 7));
        clean(source, 1);
        clean(target, 1);
        for (DocumentStore store : List.of(source, target)) {
            apply(store, new Command.Compact(store.head() + 1, 0, 0, 1_000));
            assertThat(store.statistics().documents()).isEqualTo(Map.of("Items", 1L));
            assertThat(feed(store, 0)).hasSize(1);
        }
    }

    @Test
    void shouldAnswerTheSameSplitTheSameAndRefuseOthers() {
        Split split = split();

        assertThat(apply(source, SPLIT)).isEqualTo(new Outcome.Divided(split));
        assertThat(apply(source, new Command.Split("A", "B", 0, 7))).isInstanceOf(Outcome.Undivided.class);
        assertThat(apply(source, new Command.Split("A", "C", HALF - 1, HALF))).isInstanceOf(Outcome.Undivided.class);
        assertThat(apply(source, new Command.Split("A", "C", 0, 7))).isInstanceOf(Outcome.Divided.class);
    }

    @Test
    void shouldNotSplitWhatHoldsEntries() {
        commit(source, null, new Write.PutEntry("rows/1", new byte[1]));

        assertThat(apply(source, SPLIT)).isInstanceOf(Outcome.Undivided.class);

        commit(source, null, new Write.DeleteEntry("rows/1"));
        assertThat(apply(source, SPLIT)).isInstanceOf(Outcome.Divided.class);
    }

    @Test
    void shouldSweepWhatIsDueWhereItIs() {
        Due soon = new Due(2_000, 0);
        for (String id : List.of(STAYS, MOVES)) {
            commit(source, null, new Write.PutDocument(id, "Items", Json.parse("{}"), null, soon));
            commit(source, null, new Write.PutCompareExchange(id, Json.parse("1"), 0, 2_000));
        }
        split();

        for (DocumentStore store : List.of(source, target)) {
            long head = store.head();
            apply(store, new Command.Sweep(3_000, true, true, 100));
            assertThat(store.isDue(3_000, true, true)).isFalse();
            assertThat(store.head()).isEqualTo(head + 1);
            assertThat(feed(store, head)).hasSize(1);
            clean(store, 3);
            assertThat(documents(store)).isEmpty();
            assertThat(store.exchanges("", null, 10)).isEmpty();
        }
    }

    @Test
    void shouldHaveEverythingOnceAfterCleaning() {
        Random random = new Random(7);
        apply(source, new Command.ConfigureRevisions(KEEP_ALL));
        Map<String, Integer> versions = new TreeMap<>();
        write(random, versions, id -> source, 600);
        apply(source, new Command.Compact(source.head() / 2, source.head() / 4, 0, 10_000));
        long token = source.head() - 50;
        List<Change> before = feed(source, token);
        split();
        write(random, versions, id -> Slot.of(id) < HALF ? source : target, 200);
        clean(source, 7);
        write(random, versions, id -> Slot.of(id) < HALF ? source : target, 200);
        clean(target, 1_000);
        for (DocumentStore store : List.of(source, target)) {
            apply(store, new Command.Compact(store.head() - 20, 0, 0, 10_000));
            assertThat(store.verify())
                    .isEqualTo(store.stateHash(store.applied().index()).orElseThrow());
        }

        Map<String, Long> found = new TreeMap<>();
        for (DocumentStore store : List.of(source, target)) {
            for (Document document : documents(store)) {
                assertThat(store.splits().owns(document.id())).isTrue();
                assertThat(found.put(
                                document.id(), store.revisions(document.id()).count()))
                        .isNull();
            }
            assertThat(store.statistics().documents().getOrDefault("Items", 0L))
                    .isEqualTo(documents(store).size());
            assertThat(feed(store, 0)).extracting(Change::id).allMatch(store.splits()::owns);
            assertThat(feed(store, token))
                    .extracting(Change::id)
                    .containsAll(before.stream()
                            .map(Change::id)
                            .filter(store.splits()::owns)
                            .distinct()
                            .toList());
        }
        assertThat(found.keySet()).isEqualTo(alive(versions));
        found.forEach((id, count) -> assertThat(count).isEqualTo((long) versions.get(id)));
        assertThat(exchangesAndIdentities()).isEqualTo(20);
    }

    private static final RevisionPolicy KEEP_ALL =
            new RevisionPolicy(new RevisionPolicy.Rule(false, -1, -1, false, 256), new TreeMap<>());

    private interface Where {
        DocumentStore is(String id);
    }

    /** Puts and deletes; counts the puts of each document, which are its revisions; negative while it is deleted. */
    private static void write(Random random, Map<String, Integer> versions, Where where, int count) {
        for (int i = 0; i < count; i++) {
            String id = "items/" + random.nextInt(120);
            int known = versions.getOrDefault(id, 0);
            if (known > 0 && random.nextInt(4) == 0) {
                commit(where.is(id), null, new Write.DeleteDocument(id, null));
                versions.put(id, -known);
            } else {
                commit(where.is(id), null, put(id));
                versions.put(id, Math.abs(known) + 1);
            }
            String other = "x" + random.nextInt(10);
            commit(where.is(other), null, new Write.PutCompareExchange(other, Json.parse("1"), 0));
            String prefix = "n" + random.nextInt(10) + "/";
            commit(where.is(prefix), null, new Write.TakeNumber(prefix));
        }
    }

    private static List<String> aliveIn(Map<String, Integer> versions) {
        List<String> alive = new ArrayList<>();
        versions.forEach((id, count) -> {
            if (count > 0) {
                alive.add(id);
            }
        });
        return alive;
    }

    private static java.util.Set<String> alive(Map<String, Integer> versions) {
        return new java.util.TreeSet<>(aliveIn(versions));
    }

    private int exchangesAndIdentities() {
        int all = 0;
        for (DocumentStore store : List.of(source, target)) {
            all += store.exchanges("", null, 100).size() + store.identities(100).size();
        }
        return all;
    }

    @Test
    void shouldKeepItsStoredBytes() {
        Splits splits = Splits.none("A").with(new Split("A", "B", HALF, Slot.COUNT - 1, 7, 9));

        String golden = "0101410142" + "00080000" + "000fffff" + "0000000000000007" + "0000000000000009";
        assertThat(HexFormat.of().formatHex(splits.write())).isEqualTo(golden);
        assertThat(Splits.read("A", HexFormat.of().parseHex(golden))).isEqualTo(splits);
        CleaningPlace place = new CleaningPlace(1, 5, "mails/");
        String stored = "0101" + "0000000000000005" + "6d61696c732f";
        assertThat(HexFormat.of().formatHex(place.write())).isEqualTo(stored);
        assertThat(CleaningPlace.read(HexFormat.of().parseHex(stored))).isEqualTo(place);
        assertThat(Optional.ofNullable(CleaningPlace.read(null))).isEmpty();
    }
}
