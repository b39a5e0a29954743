package io.rookery.store;

import static io.rookery.store.StoreFixture.delete;
import static io.rookery.store.StoreFixture.put;
import static org.assertj.core.api.Assertions.assertThat;

import io.rookery.api.Json;
import io.rookery.api.Transaction;
import io.rookery.api.Write;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RevisionsTest {
    @TempDir
    private Path directory;

    private StoreFixture fixture;

    @BeforeEach
    void open() {
        fixture = new StoreFixture(directory);
    }

    @AfterEach
    void close() {
        assertThat(fixture.store().verify())
                .isEqualTo(fixture.store()
                        .stateHash(fixture.store().applied().index())
                        .orElseThrow());
        fixture.close();
    }

    private void keep(long versions, long ageMillis, boolean purgeOnDelete) {
        RevisionPolicy.Rule rule = new RevisionPolicy.Rule(false, versions, ageMillis, purgeOnDelete, 100);
        fixture.apply(new Command.ConfigureRevisions(new RevisionPolicy(null, new TreeMap<>(Map.of("Orders", rule)))));
    }

    private void putNumbered(String id, int from, int to) {
        for (int n = from; n <= to; n++) {
            fixture.commit(Transaction.of(List.of(put(id, "{\"n\":" + n + "}")), 1_000L * n));
        }
    }

    /** Numbers in the bodies of what is kept, the newest first; null for a deletion. */
    private List<Object> numbers(String id) {
        List<Object> numbers = new ArrayList<>();
        fixture.store()
                .revisions(id)
                .page(0, 1_000)
                .forEach(revision -> numbers.add(
                        revision.deleted()
                                ? null
                                : revision.document().body().asObject().get("n")));
        return numbers;
    }

    private void compactAll() {
        long head = fixture.store().head();
        while (fixture.compact(head + 1, head + 1, 1_000)) {
            assertThat(fixture.store().statistics().windowStart()).isLessThanOrEqualTo(head + 1);
        }
    }

    @Test
    void shouldKeepNothingWhereNothingIsConfigured() {
        putNumbered("a", 1, 3);

        assertThat(numbers("a")).isEmpty();
        assertThat(fixture.store().revisions("a").count()).isZero();
    }

    @Test
    void shouldKeepVersionsThatTheFeedsCompactionWouldRemove() {
        keep(-1, -1, false);
        putNumbered("a", 1, 4);
        fixture.commit(new Write.PutDocument("other", "Others", Json.parse("{}"), null));
        fixture.commit(new Write.PutDocument("other", "Others", Json.parse("{}"), null));
        compactAll();

        assertThat(numbers("a")).containsExactly(4L, 3L, 2L, 1L);
        assertThat(fixture.store().statistics().revisions()).isEqualTo(3);
        assertThat(fixture.feed(0).changes()).hasSize(2); // the feed has the latest versions only, as ever
        assertThat(numbers("other")).isEmpty();
        Revision second = fixture.store().revision(2).orElseThrow();
        assertThat(second.document().id()).isEqualTo("a");
        assertThat(second.document().body()).isEqualTo(Json.parse("{\"n\":2}"));
        assertThat(fixture.store().revision(99)).isEmpty();
    }

    @Test
    void shouldKeepAsManyAsConfiguredTheLatestAmongThem() {
        keep(3, -1, false);
        putNumbered("a", 1, 10);

        assertThat(numbers("a")).containsExactly(10L, 9L, 8L);
        assertThat(fixture.store().revisions("a").page(1, 1).get(0).document().body())
                .isEqualTo(Json.parse("{\"n\":9}"));
        compactAll();
        assertThat(numbers("a")).containsExactly(10L, 9L, 8L);
        putNumbered("a", 11, 11);
        assertThat(numbers("a")).containsExactly(11L, 10L, 9L);
    }

    @Test
    void shouldRemoveByAgeOnlyWhatIsSurplusByNumberToo() {
        keep(2, 3_000, false);
        putNumbered("a", 1, 6); // stamped 1 000 … 6 000

        assertThat(numbers("a")).containsExactly(6L, 5L, 4L);
        keep(-1, 1_000, false);
        putNumbered("a", 7, 7);
        assertThat(numbers("a")).containsExactly(7L);
    }

    @Test
    void shouldFindVersionOfATime() {
        keep(-1, -1, false);
        putNumbered("a", 1, 3);

        assertThat(fixture.store()
                        .revisions("a")
                        .asOf(2_500)
                        .orElseThrow()
                        .document()
                        .body())
                .isEqualTo(Json.parse("{\"n\":2}"));
        assertThat(fixture.store()
                        .revisions("a")
                        .asOf(9_000)
                        .orElseThrow()
                        .document()
                        .body())
                .isEqualTo(Json.parse("{\"n\":3}"));
        assertThat(fixture.store().revisions("a").asOf(999)).isEmpty();
    }

    @Test
    void shouldKeepRevisionsOfDeletedDocumentUnlessTheyArePurged() {
        keep(-1, -1, false);
        putNumbered("a", 1, 2);
        fixture.commit(delete("a"));
        assertThat(numbers("a")).containsExactly(null, 2L, 1L);
        compactAll();
        assertThat(numbers("a")).containsExactly(2L, 1L);
        putNumbered("a", 3, 3);
        assertThat(numbers("a")).containsExactly(3L, 2L, 1L);

        keep(-1, -1, true);
        fixture.commit(delete("a"));
        assertThat(numbers("a")).isEmpty();
        assertThat(fixture.store().statistics().revisions()).isZero();
    }

    @Test
    void shouldPurgeWhatADeletionCouldNotTakeAlongInSweeps() {
        keep(-1, -1, true);
        int versions = 2 * RevisionPolicy.Rule.MOST_DELETES + 10;
        putNumbered("a", 1, versions);
        fixture.commit(delete("a"));
        putNumbered("a", versions + 1, versions + 2); // these are of the document's next life

        assertThat(fixture.store().isDue(Long.MAX_VALUE - 1, false, false)).isTrue();
        int sweeps = 0;
        for (; fixture.store().isDue(Long.MAX_VALUE - 1, false, false); sweeps++) {
            fixture.apply(new Command.Sweep(Long.MAX_VALUE - 1, false, false, 1));
        }

        assertThat(sweeps).isBetween(1, 3);
        assertThat(numbers("a")).containsExactly(versions + 2L, versions + 1L);
        assertThat(fixture.store().statistics().revisions()).isEqualTo(1);
    }

    @Test
    void shouldServeTheFeedsWindowWhereARevisionGoes() {
        keep(1, -1, false);
        putNumbered("a", 1, 3);

        assertThat(numbers("a")).containsExactly(3L);
        assertThat(fixture.feed(1).changes()).hasSize(2).allMatch(change -> change.before() != null);
        compactAll();
        assertThat(numbers("a")).containsExactly(3L);
    }

    @Test
    void shouldRememberThePolicyAcrossReopening() {
        keep(2, -1, false);
        fixture.reopen();
        putNumbered("a", 1, 3);

        assertThat(numbers("a")).containsExactly(3L, 2L);
        assertThat(fixture.store().revisionPolicy().collections()).containsKey("Orders");
    }

    @Test
    void shouldGiveEveryKeptVersionOfACopyInTheOrderInWhichTheyWereMade(@TempDir Path folder) {
        keep(-1, -1, false);
        putNumbered("a", 1, 3);
        putNumbered("b", 4, 5);
        putNumbered("c", 6, 6);
        compactAll(); // a tombstone would go with it, and its time
        fixture.commit(Transaction.of(List.of(delete("b")), 7_000));
        fixture.store().checkpoint(folder.resolve("copy"));

        List<KeptVersion> all = new ArrayList<>();
        try (StoreResources resources = StoreResources.open(1 << 20, 1 << 20);
                StoreCopy copy = StoreCopy.open(folder.resolve("copy"), "A", resources)) {
            for (List<KeptVersion> page = copy.keptVersions(0, 2, 1_000);
                    !page.isEmpty();
                    page = copy.keptVersions(all.get(all.size() - 1).sequence(), 2, 1_000)) {
                all.addAll(page);
            }
        }

        assertThat(all)
                .extracting(version -> version.revision().document().id())
                .containsExactly("a", "a", "b", "b");
        assertThat(all)
                .extracting(version -> version.revision().document().lastModified())
                .containsExactly(1_000L, 2_000L, 4_000L, 5_000L);
        assertThat(all).extracting(KeptVersion::deletedAt).containsExactly(-1L, -1L, -1L, 7_000L);
        assertThat(all).extracting(KeptVersion::sequence).isSorted();
    }
}
