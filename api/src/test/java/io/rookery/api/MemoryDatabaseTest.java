package io.rookery.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class MemoryDatabaseTest {
    private final MemoryDatabase database = new MemoryDatabase();

    private static FeedRequest all(long after) {
        return new FeedRequest(after, 100, 1 << 20, null, true);
    }

    @Test
    void shouldShowEveryVersionWithTheOneBeforeIt() {
        // when
        database.put("a", "Things", "{\"v\":1}");
        database.put("a", "Things", "{\"v\":2}");
        database.delete("a");

        // then
        List<Change> changes = database.read(all(0)).changes();
        assertThat(changes)
                .extracting(Change::operation)
                .containsExactly(Operation.INSERT, Operation.UPDATE, Operation.DELETE);
        assertThat(changes)
                .extracting(Change::before)
                .containsExactly(null, Json.parse("{\"v\":1}"), Json.parse("{\"v\":2}"));
    }

    @Test
    void shouldChangeNothingWhenOneWriteConflicts() {
        // given
        database.put("a", "Things", "{}");

        // when
        CompletableFuture<CommitResult> result = database.commit(Transaction.of(
                List.of(
                        new Write.PutDocument("b", "Things", Json.parse("{}"), null),
                        new Write.PutDocument("a", "Things", Json.parse("{}"), ChangeVector.NONE)),
                0));

        // then
        assertThatThrownBy(result::join)
                .hasCauseInstanceOf(RookeryException.class)
                .hasMessageContaining("A:1");
        assertThat(database.document("b")).isEmpty();
    }

    @Test
    void shouldRepeatTheResultOfAKnownIdempotencyKey() {
        // given
        Transaction transaction = new Transaction(
                List.of(), List.of(new Write.PutDocument("a", "Things", Json.parse("{}"), null)), "key", null, 0);

        // when
        CommitResult first = database.commit(transaction).join();
        CommitResult second = database.commit(transaction).join();

        // then
        assertThat(second.repeated()).isTrue();
        assertThat(second.changeVectors()).isEqualTo(first.changeVectors());
        assertThat(database.read(all(0)).head()).isEqualTo(1);
    }

    @Test
    void shouldFenceALowerEpoch() {
        // given
        database.commit(Transaction.fenced(new Fence("task", 3), List.of(), 0)).join();

        // when, then
        assertThat(database.commit(Transaction.fenced(new Fence("task", 2), List.of(), 0)))
                .failsWithin(java.time.Duration.ofSeconds(30))
                .withThrowableThat()
                .withCauseInstanceOf(RookeryException.class);
    }

    @Test
    void shouldOrderEntriesByTheirUtf8Bytes() {
        // given: as chars the surrogate pair sorts before U+FFFD, as bytes behind it
        List<String> keys = List.of("k/\uFFFD", "k/\uD83D\uDE00", "k/a", "j", "l");
        keys.forEach(key -> database.commit(Transaction.of(List.of(new Write.PutEntry(key, new byte[] {1})), 0)));

        // when, then
        assertThat(database.entries("k/", null, 10))
                .extracting(Entry::key)
                .containsExactly("k/a", "k/\uFFFD", "k/\uD83D\uDE00");
        assertThat(database.entries("k/", "k/a", 1)).extracting(Entry::key).containsExactly("k/\uFFFD");
    }

    @Test
    void shouldPassWhatDoesNotMatchTheCollection() {
        // given
        database.put("a", "Things", "{}");
        database.put("b", "Others", "{}");

        // when
        FeedPage page = database.read(new FeedRequest(0, 10, 1 << 20, "Things", false));

        // then
        assertThat(page.changes()).extracting(Change::id).containsExactly("a");
        assertThat(page.last()).isEqualTo(2);
    }

    @Test
    void shouldWakeThoseWhoWaitForAChange() {
        // given
        CompletableFuture<Long> waiting = database.beyond(0);
        assertThat(waiting).isNotDone();

        // when
        database.put("a", "Things", "{}");

        // then
        assertThat(waiting).isCompletedWithValue(1L);
    }
}
