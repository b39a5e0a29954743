package io.rookery.store;

import static io.rookery.store.StoreFixture.NONE;
import static io.rookery.store.StoreFixture.delete;
import static io.rookery.store.StoreFixture.put;
import static io.rookery.store.StoreFixture.version;
import static org.assertj.core.api.Assertions.assertThat;

import io.rookery.api.Checkpoint;
import io.rookery.api.CommitResult;
import io.rookery.api.Entry;
import io.rookery.api.Fence;
import io.rookery.api.Json;
import io.rookery.api.Read;
import io.rookery.api.Transaction;
import io.rookery.api.Write;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a commit does, and what it refuses. */
class CommitTest {
    @TempDir
    Path directory;

    private StoreFixture fixture;

    @BeforeEach
    void open() {
        fixture = new StoreFixture(directory);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private DocumentStore store() {
        return fixture.store();
    }

    @Test
    void shouldGiveDocumentAsItCame() {
        fixture.commit(put("orders/1", "{ \"a\" :1}"));

        var document = store().document("orders/1").orElseThrow();

        assertThat(document.body().toString()).isEqualTo("{ \"a\" :1}");
        assertThat(document.collection()).isEqualTo("Orders");
        assertThat(document.changeVector()).isEqualTo(version(1));
        assertThat(document.lastModified()).isEqualTo(1_000);
        assertThat(store().document("orders/2")).isEmpty();
    }

    @Test
    void shouldCountSequenceNumbersByChange() {
        var first = fixture.commit(put("a", "1"), put("b", "2"), delete("absent"));
        var second = fixture.commit(put("a", "1"));
        var third = fixture.commit(delete("a"), delete("a"));

        assertThat(first).isEqualTo(committed(0, 2, version(1), version(2), NONE));
        assertThat(second).isEqualTo(committed(1, 3, version(3)));
        assertThat(third).isEqualTo(committed(2, 4, version(4), NONE));
        assertThat(store().head()).isEqualTo(4);
        assertThat(store().document("a")).isEmpty();
    }

    @Test
    void shouldRefusePutWhenChangeVectorIsStale() {
        fixture.commit(put("a", "1"));
        fixture.commit(put("a", "2"));
        StateHash before = store().verify();

        assertThat(fixture.commit(put("b", "1"), put("a", "3", version(1))))
                .isEqualTo(new Outcome.Conflict("a", version(1), version(2)));
        assertThat(fixture.commit(put("a", "3", NONE))).isEqualTo(new Outcome.Conflict("a", NONE, version(2)));
        assertThat(fixture.commit(new Write.DeleteDocument("x", version(1))))
                .isEqualTo(new Outcome.Conflict("x", version(1), NONE));

        assertThat(store().document("b")).isEmpty();
        assertThat(store().verify().toString()).isEqualTo(before.toString());
        assertThat(fixture.commit(put("a", "3", version(2)))).isEqualTo(committed(5, 3, version(3)));
    }

    @Test
    void shouldTreatDeletedDocumentAsAbsentWhenExpected() {
        fixture.commit(put("a", "1"));
        fixture.commit(delete("a"));

        assertThat(fixture.commit(put("a", "2", version(2)))).isEqualTo(new Outcome.Conflict("a", version(2), NONE));
        assertThat(fixture.commit(put("a", "2", NONE))).isEqualTo(committed(3, 3, version(3)));
    }

    @Test
    void shouldJudgeWriteByEarlierWritesOfTheSameTransaction() {
        assertThat(fixture.commit(put("a", "1", NONE), put("a", "2", NONE)))
                .isEqualTo(new Outcome.Conflict("a", NONE, version(1)));
        assertThat(fixture.commit(put("a", "1", NONE), delete("a"), put("a", "2", NONE)))
                .isEqualTo(committed(1, 3, version(1), version(2), version(3)));
        assertThat(store().document("a").orElseThrow().body().toString()).isEqualTo("2");
    }

    @Test
    void shouldValidateReads() {
        fixture.commit(put("a", "1"));
        var stale = new Transaction(List.of(new Read("a", NONE)), List.of(put("b", "1")), null, null, 0);
        var fresh = new Transaction(
                List.of(new Read("a", version(1)), new Read("c", NONE)), List.of(put("b", "1")), null, null, 0);

        assertThat(fixture.commit(stale)).isEqualTo(new Outcome.Conflict("a", NONE, version(1)));
        assertThat(fixture.commit(fresh)).isEqualTo(committed(2, 2, version(2)));
    }

    @Test
    void shouldLetLaterCommandsOfAnEntrySeeEarlierOnes() {
        var outcomes = fixture.apply(
                commit(put("a", "1", NONE)),
                commit(put("a", "2", NONE)),
                new Command.Barrier(),
                commit(put("a", "3", version(1))));

        assertThat(outcomes)
                .containsExactly(
                        committed(0, 1, version(1)),
                        new Outcome.Conflict("a", NONE, version(1)),
                        new Outcome.Passed(0),
                        committed(0, 2, version(2)));
        assertThat(fixture.feed(0).changes()).hasSize(2);
    }

    @Test
    void shouldAnswerKnownIdempotencyKeyWithTheFirstResult() {
        var first = new Transaction(List.of(), List.of(put("a", "1"), delete("z")), "key", null, 5);
        var second = new Transaction(List.of(), List.of(put("a", "2", version(77))), "key", null, 6);

        fixture.commit(first);
        fixture.reopen();
        var repeated = fixture.commit(second);

        assertThat(repeated).isEqualTo(new Outcome.Committed(new CommitResult(0, 1, List.of(version(1), NONE), true)));
        assertThat(store().document("a").orElseThrow().body().toString()).isEqualTo("1");
    }

    @Test
    void shouldNotRememberIdempotencyKeyOfRefusedTransaction() {
        var refused = new Transaction(List.of(), List.of(put("a", "1", version(9))), "key", null, 5);
        var second = new Transaction(List.of(), List.of(put("a", "1", NONE)), "key", null, 6);

        assertThat(fixture.commit(refused)).isInstanceOf(Outcome.Conflict.class);
        assertThat(fixture.commit(second)).isEqualTo(committed(1, 1, version(1)));
    }

    @Test
    void shouldForgetIdempotencyKeysStampedBefore() {
        for (int i = 0; i < 5; i++) {
            fixture.commit(new Transaction(List.of(), List.of(put("a", "1")), "key" + i, null, i));
        }

        var first = fixture.apply(new Command.Compact(0, 0, 3, 2)).get(0);
        var second = fixture.apply(new Command.Compact(0, 0, 3, 2)).get(0);

        assertThat(first).isEqualTo(new Outcome.Compacted(true));
        assertThat(second).isEqualTo(new Outcome.Compacted(false));
        assertThat(repeated("key2")).isFalse();
        assertThat(repeated("key3")).isTrue();
    }

    private boolean repeated(String key) {
        var transaction = new Transaction(List.of(), List.of(), key, null, 100);
        return ((Outcome.Committed) fixture.commit(transaction)).result().repeated();
    }

    @Test
    void shouldFenceFormerOwner() {
        fixture.commit(Transaction.fenced(new Fence("t", 2), List.of(put("a", "1")), 0));

        assertThat(fixture.commit(Transaction.fenced(new Fence("t", 1), List.of(put("a", "2")), 0)))
                .isEqualTo(new Outcome.Fenced("t", 1, 2));
        assertThat(fixture.commit(new Write.SaveCheckpoint("t", new Checkpoint(1, 1, 0))))
                .isEqualTo(new Outcome.Fenced("t", 1, 2));
        assertThat(fixture.commit(Transaction.fenced(new Fence("t", 2), List.of(put("a", "3")), 0)))
                .isInstanceOf(Outcome.Committed.class);
        assertThat(fixture.commit(Transaction.fenced(new Fence("other", 1), List.of(put("a", "4")), 0)))
                .isInstanceOf(Outcome.Committed.class);
    }

    @Test
    void shouldNotRaiseEpochWhenTransactionIsRefused() {
        fixture.commit(Transaction.fenced(new Fence("t", 9), List.of(put("a", "1", version(5))), 0));

        assertThat(fixture.commit(Transaction.fenced(new Fence("t", 1), List.of(put("a", "1")), 0)))
                .isInstanceOf(Outcome.Committed.class);
    }

    @Test
    void shouldKeepAndForgetCheckpoints() {
        assertThat(store().checkpoint("t")).isEqualTo(Checkpoint.NONE);
        var saved = new Checkpoint(3, 10, 4);
        fixture.commit(new Write.SaveCheckpoint("t", saved));
        assertThat(store().checkpoint("t")).isEqualTo(saved);

        // an owner that fences with its own epoch may save what a former one left in the target
        var left = new Checkpoint(2, 8, 0);
        var owner = Transaction.fenced(new Fence("t", 5), List.of(new Write.SaveCheckpoint("t", left)), 0);
        assertThat(fixture.commit(owner)).isInstanceOf(Outcome.Committed.class);
        assertThat(store().checkpoint("t")).isEqualTo(left);
        assertThat(fixture.commit(Transaction.fenced(new Fence("t", 4), List.of(), 0)))
                .isEqualTo(new Outcome.Fenced("t", 4, 5));

        fixture.commit(new Write.ForgetTask("t"));
        assertThat(store().checkpoint("t")).isEqualTo(Checkpoint.NONE);
        assertThat(fixture.commit(Transaction.fenced(new Fence("t", 1), List.of(), 0)))
                .isInstanceOf(Outcome.Committed.class);
    }

    @Test
    void shouldKeepEntriesBesideTheFeed() {
        fixture.commit(entry("r/1", "x"), entry("r/2", ""), entry("r/3", "z"), entry("s", "y"));
        fixture.commit(new Write.DeleteEntry("r/1"), new Write.DeleteEntry("absent"), entry("r/3", "zz"));

        assertThat(store().entries("r/", null, 10).stream().map(Entry::key)).containsExactly("r/2", "r/3");
        assertThat(store().entries("r/", "r/2", 10).stream().map(Entry::key)).containsExactly("r/3");
        assertThat(store().entries("", null, 2).stream().map(Entry::key)).containsExactly("r/2", "r/3");
        assertThat(store().entry("r/2").orElseThrow()).isEmpty();
        assertThat(store().entry("r/3").orElseThrow()).asString().isEqualTo("zz");
        assertThat(store().entry("r/1")).isEmpty();
        assertThat(store().head()).isZero();
    }

    @Test
    void shouldPageDocumentsByPrefixInOrder() {
        fixture.commit(put("o/1", "1"), put("o/2", "2"), put("o/3", "3"), put("p", "4"), put("ö", "5"));
        fixture.commit(delete("o/2"));

        assertThat(ids(store().documentsFrom("o/", null, 10))).containsExactly("o/1", "o/3");
        assertThat(ids(store().documentsFrom("o/", "o/1", 10))).containsExactly("o/3");
        assertThat(ids(store().documentsFrom("", "o/3", 10))).containsExactly("p", "ö");
        assertThat(ids(store().documentsFrom("o/", null, 1))).containsExactly("o/1");
        assertThat(store().documents(List.of("p", "o/2", "o/1")))
                .satisfiesExactly(
                        first -> assertThat(first).isPresent(),
                        second -> assertThat(second).isEmpty(),
                        third -> assertThat(third).isPresent());
    }

    @Test
    void shouldCountDocumentsByCollection() {
        fixture.commit(put("a", "1"), put("b", "1"), new Write.PutDocument("c", "Tax", Json.parse("1"), null));
        fixture.commit(delete("a"), new Write.PutDocument("b", "Tax", Json.parse("2"), null));
        fixture.commit(new Write.SaveCheckpoint("t", new Checkpoint(1, 3, 0)));
        fixture.commit(Transaction.fenced(new Fence("mirror", 1), List.of(), 0));
        fixture.reopen();

        var statistics = store().statistics();

        assertThat(statistics.documents()).containsExactly(java.util.Map.entry("Tax", 2L));
        assertThat(statistics.tombstones()).isEqualTo(1);
        assertThat(statistics.head()).isEqualTo(5);
        assertThat(statistics.oldestCheckpoint()).isEqualTo(3);
    }

    private static List<String> ids(List<io.rookery.api.Document> documents) {
        return documents.stream().map(io.rookery.api.Document::id).toList();
    }

    private static Write entry(String key, String value) {
        return new Write.PutEntry(key, value.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    private static Command commit(Write... writes) {
        return new Command.Commit(Transaction.of(List.of(writes), 1_000));
    }

    private static Outcome committed(long index, long sequence, io.rookery.api.ChangeVector... vectors) {
        return new Outcome.Committed(new CommitResult(index, sequence, List.of(vectors), false));
    }
}
