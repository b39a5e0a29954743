package io.rookery.store;

import static io.rookery.store.StoreFixture.delete;
import static io.rookery.store.StoreFixture.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rookery.api.Change;
import io.rookery.api.ErrorCode;
import io.rookery.api.FeedPage;
import io.rookery.api.FeedRequest;
import io.rookery.api.Json;
import io.rookery.api.RookeryException;
import io.rookery.api.Write;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a reader of the feed sees, before and after compaction. */
class FeedTest {
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

    private FeedPage read(long after, int limit, long maxBytes, String collection) {
        return fixture.store().read(new FeedRequest(after, limit, maxBytes, collection, false));
    }

    private List<String> feed(long after) {
        return fixture.feed(after).changes().stream().map(FeedTest::text).toList();
    }

    private static String text(Change change) {
        return change.sequence() + " " + change.operation().label() + " " + change.id() + " " + change.before() + ">"
                + change.document();
    }

    @Test
    void shouldGiveEveryVersionWithTheOneBeforeIt() {
        fixture.commit(put("a", "1"), put("b", "2"));
        fixture.commit(put("a", "3"), delete("b"), put("b", "4"));

        assertThat(feed(0))
                .containsExactly(
                        "1 insert a null>1",
                        "2 insert b null>2",
                        "3 update a 1>3",
                        "4 delete b 2>null",
                        "5 insert b null>4");
        assertThat(feed(3)).containsExactly("4 delete b 2>null", "5 insert b null>4");
        Change first = fixture.feed(0).changes().get(0);
        assertThat(first.collection()).isEqualTo("Orders");
        assertThat(first.timestamp()).isEqualTo(1_000);
        assertThat(read(0, 9, 99, null).changes().get(2).before()).isNull();
    }

    @Test
    void shouldEndPageAtLimitOrBytes() {
        for (int i = 0; i < 10; i++) {
            fixture.commit(put("d" + i, "\"0123456789\""));
        }

        assertThat(read(2, 3, 1 << 20, null).last()).isEqualTo(5);
        assertThat(read(2, 100, 30, null).changes()).hasSize(3);
        assertThat(read(2, 100, 0, null).changes()).hasSize(1);
        FeedPage end = read(8, 100, 1 << 20, null);
        assertThat(end.changes()).hasSize(2);
        assertThat(end.last()).isEqualTo(10);
        assertThat(end.head()).isEqualTo(10);
        assertThat(read(10, 100, 1 << 20, null)).isEqualTo(new FeedPage(List.of(), 10, 10));
    }

    @Test
    void shouldFilterByCollectionAndMoveOnWhenNothingMatches() {
        for (int i = 1; i <= 1_000; i++) {
            String collection = i % 3 == 0 ? "Threes" : "Others";
            fixture.commit(new Write.PutDocument("d" + i, collection, Json.parse("" + i), null));
        }

        FeedPage page = read(300, 299, 1 << 20, "Threes");

        assertThat(page.changes()).hasSize(233).allMatch(change -> change.collection()
                .equals("Threes"));
        assertThat(page.last()).isEqualTo(1_000);
        assertThat(read(300, 2, 1 << 20, "Threes").last()).isEqualTo(306);
        assertThat(read(0, 2, 1 << 20, "Nothing")).isEqualTo(new FeedPage(List.of(), 1_000, 1_000));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 7})
    void shouldGiveEachVersionItsOwnBodyHoweverFarApartTheyLie(int every) {
        for (int i = 1; i <= 600; i++) {
            boolean wanted = i % every == 0;
            String id = (wanted ? "w" : "o") + i % 50; // some have one version, some have many
            fixture.commit(new Write.PutDocument(id, wanted ? "Wanted" : "Others", Json.parse("" + i), null));
        }

        FeedPage page = read(0, 1_000, 1 << 20, "Wanted");

        assertThat(page.changes()).hasSize(600 / every).allSatisfy(change -> assertThat(change.document())
                .isEqualTo(Json.parse("" + change.sequence())));
    }

    @Test
    void shouldKeepOnlyTheStateAtTheWindowsStartBehindIt() {
        fixture.commit(put("a", "1"), put("a", "2"), put("b", "3"), put("a", "4"));
        fixture.commit(put("a", "5"), put("b", "6"));

        boolean more = fixture.compact(5, 0, 100);

        assertThat(more).isFalse();
        assertThat(feed(0))
                .containsExactly("3 insert b null>3", "4 update a null>4", "5 update a 4>5", "6 update b 3>6");
        assertThat(read(0, 9, 99, "Orders").changes()).hasSize(4);
        assertThat(fixture.store().statistics().windowStart()).isEqualTo(5);
        assertThat(fixture.store().verify()).isEqualTo(hash());
    }

    @Test
    void shouldKeepLatestVersionsForEver() {
        fixture.commit(put("a", "1"), put("b", "2"), put("a", "3"));

        fixture.compact(1_000, 1_000, 100);

        assertThat(feed(0)).containsExactly("2 insert b null>2", "3 update a null>3");
        assertThat(fixture.store().statistics().windowStart()).isEqualTo(4);
    }

    @Test
    void shouldCompactInSmallSteps() {
        for (int i = 0; i < 20; i++) {
            fixture.commit(put("a", "" + i), put("b" + i, "1"), delete("b" + i));
        }

        int steps = 1;
        while (fixture.compact(61, 61, 7)) {
            steps++;
            assertThat(fixture.store().verify()).isEqualTo(hash());
        }

        assertThat(steps).isEqualTo((60 + 60 + 6) / 7);
        assertThat(feed(0)).containsExactly("58 update a null>19");
    }

    @Test
    void shouldGoOnCompactingAfterReopen() {
        fixture.commit(put("a", "1"), put("a", "2"), put("a", "3"));
        fixture.compact(4, 0, 2);
        fixture.reopen();

        assertThat(fixture.compact(4, 0, 2)).isFalse();
        assertThat(feed(0)).containsExactly("3 update a null>3");
    }

    @Test
    void shouldRemoveTombstonesAndRefuseReadersThatMissedThem() {
        fixture.commit(put("a", "1"), put("b", "2"), delete("a"), put("c", "3"));

        fixture.compact(5, 3, 100);
        assertThat(feed(0)).containsExactly("2 insert b null>2", "3 delete a null>null", "4 insert c null>3");
        fixture.compact(5, 4, 100);

        assertThat(feed(0)).containsExactly("2 insert b null>2", "4 insert c null>3");
        assertThat(feed(3)).containsExactly("4 insert c null>3");
        assertThatThrownBy(() -> feed(2))
                .isInstanceOfSatisfying(
                        RookeryException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.GONE))
                .hasMessageContaining("at least 3");
        assertThat(fixture.store().statistics().tombstones()).isZero();
        assertThat(fixture.store().verify()).isEqualTo(hash());
    }

    @Test
    void shouldLetReaderThatBeganAtZeroGoOnBehindRemovedTombstones() {
        fixture.commit(put("a", "1"), put("b", "2"), put("c", "3"), delete("b"), delete("a"), put("d", "4"));
        fixture.compact(7, 5, 100);

        FeedPage first = read(0, 1, 1 << 20, null);
        FeedPage second = fixture.store().read(next(first, first.removed()));
        assertThat(second.changes().get(0).id()).isEqualTo("a");

        fixture.compact(7, 6, 100); // now it would miss the delete of a
        assertThatThrownBy(() -> fixture.store().read(next(first, first.removed())))
                .isInstanceOf(RookeryException.class);
    }

    private static FeedRequest next(FeedPage page, long removed) {
        return new FeedRequest(page.last(), 1, 1 << 20, null, false, removed);
    }

    @Test
    void shouldNotMistakeDocumentThatWasInsertedAgainForItsTombstone() {
        fixture.commit(put("a", "1"), delete("a"), put("a", "2"));

        fixture.compact(3, 3, 100);
        assertThat(feed(0)).containsExactly("2 delete a null>null", "3 insert a null>2");
        fixture.compact(4, 4, 100);

        assertThat(feed(0)).containsExactly("3 insert a null>2");
        assertThat(feed(1)).containsExactly("3 insert a null>2");
        assertThat(fixture.store().document("a")).isPresent();
        assertThat(fixture.store().verify()).isEqualTo(hash());
    }

    @Test
    void shouldCompactWhatTheSameEntryWrote() {
        fixture.apply(
                new Command.Commit(io.rookery.api.Transaction.of(List.of(put("a", "1"), put("a", "2")), 0)),
                new Command.Compact(3, 3, 0, 10));

        assertThat(feed(0)).containsExactly("2 update a null>2");
        assertThat(fixture.store().verify()).isEqualTo(hash());
    }

    private StateHash hash() {
        return fixture.store().stateHash(fixture.store().applied().index()).orElseThrow();
    }
}
