package io.rookery.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rookery.api.Transaction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands that come in parts. Here a command's bytes are the id of the document that it puts. */
final class PartsTest {
    private static final UUID ONE = new UUID(0, 1);
    private static final UUID OTHER = new UUID(0, 2);

    @TempDir
    private Path folder;

    private final StoreResources resources = StoreResources.open(16 << 20, 8 << 20);
    private DocumentStore store;
    private long term = 1;

    @BeforeEach
    void open() {
        store = DocumentStore.open(folder.resolve("A"), "A", resources);
    }

    @AfterEach
    void close() {
        store.close();
        resources.close();
    }

    private void reopen() {
        store.close();
        open();
    }

    private static Command.Part part(UUID whole, int number, String bytes) {
        return new Command.Part(whole, number, 3, bytes.getBytes(StandardCharsets.UTF_8));
    }

    private static Command put(String id) {
        return new Command.Commit(Transaction.of(List.of(StoreFixture.put(id, "{}")), 1_000));
    }

    private Outcome apply(Command command) {
        return apply(store, new TermIndex(term, store.applied().index() + 1), command);
    }

    /** As a replica does. */
    private static Outcome apply(DocumentStore store, TermIndex at, Command command) {
        Command found = command instanceof Command.Part part
                ? store.whole(at, part)
                        .<Command>map(bytes -> new Command.Whole(put(new String(bytes, StandardCharsets.UTF_8))))
                        .orElse(command)
                : command;
        return store.apply(at, List.of(found)).get(0);
    }

    private StateHash hash() {
        return store.stateHash(store.applied().index()).orElseThrow();
    }

    private void requireSum() {
        assertThat(store.verify()).isEqualTo(hash());
    }

    @Test
    void shouldTakeEffectWithTheLastPartAsIfInOnePiece() {
        // given
        apply(put("first"));
        assertThat(apply(part(ONE, 0, "ord"))).isEqualTo(new Outcome.Passed(1));
        reopen();
        apply(put("between"));
        assertThat(apply(part(ONE, 1, "er"))).isEqualTo(new Outcome.Passed(3));
        assertThat(store.documentsFrom("", null, 10)).hasSize(2);
        requireSum();

        // when
        Outcome outcome = apply(part(ONE, 2, "s/1"));

        // then
        assertThat(outcome).isInstanceOfSatisfying(Outcome.Committed.class, committed -> {
            assertThat(committed.result().index()).isEqualTo(4);
            assertThat(committed.result().sequence()).isEqualTo(3);
        });
        assertThat(store.document("orders/1")).isPresent();
        requireSum();
        try (DocumentStore plain = DocumentStore.open(folder.resolve("plain"), "A", resources)) {
            plain.apply(new TermIndex(1, 0), List.of(put("first")));
            plain.apply(new TermIndex(1, 2), List.of(put("between")));
            plain.apply(new TermIndex(1, 4), List.of(put("orders/1")));
            assertThat(plain.stateHash(4)).contains(hash()); // nothing of the parts is left
        }
    }

    @Test
    void shouldHavePartsInTheHashWhileTheyAreKept() {
        apply(put("first"));
        StateHash before = hash();

        apply(part(ONE, 0, "a"));
        assertThat(hash().low()).isNotEqualTo(before.low());
        requireSum();
    }

    @Test
    void shouldForgetPartsWithTheFirstEntryOfALaterTerm() {
        apply(put("first"));
        StateHash before = hash();
        apply(part(ONE, 0, "a"));
        apply(part(ONE, 1, "b"));

        term = 2;
        assertThat(apply(part(ONE, 2, "c"))).isEqualTo(new Outcome.Incomplete());
        assertThat(store.documentsFrom("", null, 10)).hasSize(1);
        assertThat(hash()).isEqualTo(new StateHash(3, before.high(), before.low()));
    }

    @Test
    void shouldForgetPartsWhoseRestDoesNotCome() {
        apply(put("first"));
        StateHash before = hash();
        apply(part(ONE, 0, "a"));
        for (int i = 0; i < StagedParts.MOST_ENTRIES; i++) {
            apply(new Command.Barrier());
            assertThat(hash().low()).isNotEqualTo(before.low());
        }

        apply(new Command.Barrier());
        assertThat(hash().low()).isEqualTo(before.low());
        assertThat(apply(part(ONE, 1, "b"))).isEqualTo(new Outcome.Incomplete());
    }

    @Test
    void shouldMakeNothingOfPartsWithAGap() {
        apply(put("first"));
        StateHash before = hash();
        apply(part(ONE, 0, "a"));
        assertThat(apply(part(ONE, 2, "c"))).isEqualTo(new Outcome.Incomplete());
        assertThat(hash()).isEqualTo(new StateHash(2, before.high(), before.low()));

        assertThat(apply(part(ONE, 1, "b"))).isEqualTo(new Outcome.Incomplete());
        assertThat(store.documentsFrom("", null, 10)).hasSize(1);
    }

    @Test
    void shouldKeepPartsOfOneCommandOnly() {
        apply(part(ONE, 0, "x"));
        apply(part(ONE, 1, "y"));
        apply(part(OTHER, 0, "a"));
        assertThat(apply(part(ONE, 2, "z"))).isEqualTo(new Outcome.Incomplete());
        apply(part(OTHER, 1, "b"));

        assertThat(apply(part(OTHER, 2, "c"))).isInstanceOf(Outcome.Committed.class);
        assertThat(store.document("abc")).isPresent();
        requireSum();
    }

    @Test
    void shouldLeaveNothingInAShardThatCameOutOfASplitBetweenParts() {
        // given
        int other = (Slot.of("abc") + 1) % Slot.COUNT;
        apply(part(ONE, 0, "a"));
        apply(part(ONE, 1, "b"));
        apply(new Command.Split("A", "B", other, other));
        store.checkpoint(folder.resolve("B"));

        // then
        assertThat(apply(part(ONE, 2, "c"))).isInstanceOf(Outcome.Committed.class);
        try (DocumentStore made = DocumentStore.open(folder.resolve("B"), "B", resources)) {
            // a new group's first leader is of a later term than the split
            TermIndex at = new TermIndex(2, 3);
            assertThat(apply(made, at, part(ONE, 2, "c"))).isEqualTo(new Outcome.Incomplete());
            assertThat(made.document("abc")).isEmpty();
            assertThat(made.whole(new TermIndex(1, 4), part(ONE, 2, "c"))).isEmpty();
            assertThat(made.verify()).isEqualTo(made.stateHash(3).orElseThrow());
        }
    }

    @Test
    void shouldRefuseWhatIsNoPart() {
        assertThatThrownBy(() -> new Command.Part(ONE, 1, 1, new byte[0]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("found 1 of 1");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldAgreeBetweenReplicasThatCrashAndReplay(long seed) {
        Random random = new Random(seed);
        List<Command> log = new ArrayList<>();
        List<TermIndex> places = new ArrayList<>();
        long whole = 0;
        int next = 0;
        int completed = 0;
        Path directory = folder.resolve("restless");
        DocumentStore restless = DocumentStore.open(directory, "A", resources);
        for (int i = 0; i < 600; i++) {
            Command command = put("d" + random.nextInt(20));
            if (random.nextInt(3) > 0) {
                // mostly the one that is due; sometimes a part is lost, or its sender
                next += random.nextInt(12) == 0 ? 1 : 0;
                boolean anew = next > 2 || random.nextInt(20) == 0;
                whole += anew ? 1 : 0;
                next = anew ? 0 : next;
                command = part(new UUID(7, whole), next++, "p" + random.nextInt(5));
            }
            term += random.nextInt(60) == 0 ? 1 : 0;
            log.add(command);
            places.add(new TermIndex(term, i));
            Outcome outcome = apply(store, places.get(i), command);
            completed += command instanceof Command.Part && outcome instanceof Outcome.Committed ? 1 : 0;
            assertThat(apply(restless, places.get(i), command)).isEqualTo(outcome);
            int what = random.nextInt(40);
            if (what == 0) {
                restless.flush();
            } else if (what == 1) {
                Path survivor = DiskCopy.copy(directory, folder.resolve("restless" + i));
                restless.close();
                directory = survivor;
                restless = DocumentStore.open(directory, "A", resources);
                for (int again = (int) restless.applied().index() + 1; again <= i; again++) {
                    apply(restless, places.get(again), log.get(again));
                }
            }
            assertThat(restless.stateHash(i)).isPresent().isEqualTo(store.stateHash(i));
        }
        requireSum();
        assertThat(restless.verify()).isEqualTo(hash());
        assertThat(completed).isBetween(20, 150);
        restless.close();
    }
}
