package io.rookery.store;

import static io.rookery.store.StoreFixture.delete;
import static org.assertj.core.api.Assertions.assertThat;

import io.rookery.api.Change;
import io.rookery.api.Due;
import io.rookery.api.Json;
import io.rookery.api.Operation;
import io.rookery.api.Write;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DueTest {
    @TempDir
    private Path directory;

    private StoreFixture fixture;

    @BeforeEach
    void open() {
        fixture = new StoreFixture(directory);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private static Write due(String id, long expires, long refresh) {
        return new Write.PutDocument(id, "Orders", Json.parse("{\"n\":1}"), null, new Due(expires, refresh));
    }

    private Outcome.Swept sweep(long now, int limit) {
        return (Outcome.Swept)
                fixture.apply(new Command.Sweep(now, true, true, limit)).get(0);
    }

    private boolean isThere(String id) {
        return fixture.store().document(id).isPresent();
    }

    @Test
    void shouldDeleteWhatHasExpiredAsAnyDeletion() {
        fixture.commit(due("a", 2_000, 0), due("b", 3_000, 0));

        assertThat(fixture.store().isDue(1_999, true, true)).isFalse();
        assertThat(sweep(1_999, 10)).isEqualTo(new Outcome.Swept(0, 0, 0, false));
        assertThat(fixture.store().isDue(2_000, true, true)).isTrue();
        assertThat(sweep(2_000, 10)).isEqualTo(new Outcome.Swept(1, 0, 0, false));

        assertThat(isThere("a")).isFalse();
        assertThat(isThere("b")).isTrue();
        Change last = fixture.feed(2).changes().get(0);
        assertThat(last.operation()).isEqualTo(Operation.DELETE);
        assertThat(last.id()).isEqualTo("a");
        assertThat(last.timestamp()).isEqualTo(2_000);
        assertThat(fixture.store().isDue(2_000, true, true)).isFalse();
    }

    @Test
    void shouldForgetWhatWasDueWhenDocumentIsPutOrDeleted() {
        fixture.commit(due("a", 2_000, 2_000), due("b", 2_000, 2_000));
        fixture.commit(due("a", 9_000, 0), delete("b"));

        assertThat(sweep(5_000, 10)).isEqualTo(new Outcome.Swept(0, 0, 0, false));
        assertThat(isThere("a")).isTrue();
        assertThat(sweep(9_000, 10).expired()).isEqualTo(1);
    }

    @Test
    void shouldRefreshAsNewVersionOfTheSameBody() {
        fixture.commit(due("a", 9_000, 2_000));

        assertThat(sweep(2_500, 10)).isEqualTo(new Outcome.Swept(0, 1, 0, false));

        Change last = fixture.feed(1).changes().get(0);
        assertThat(last.operation()).isEqualTo(Operation.UPDATE);
        assertThat(last.document()).isEqualTo(Json.parse("{\"n\":1}"));
        assertThat(fixture.store().document("a").orElseThrow().due()).isEqualTo(new Due(9_000, 0));
        assertThat(sweep(3_000, 10).refreshed()).isZero();
        assertThat(sweep(9_000, 10).expired()).isEqualTo(1);
    }

    @Test
    void shouldDoTheEarliestFirstAndSayThatThereIsMore() {
        fixture.commit(due("c", 100, 0), due("b", 200, 0), due("a", 300, 0));

        assertThat(sweep(1_000, 2)).isEqualTo(new Outcome.Swept(2, 0, 0, true));
        assertThat(isThere("a")).isTrue();
        assertThat(sweep(1_000, 2)).isEqualTo(new Outcome.Swept(1, 0, 0, false));
    }

    @Test
    void shouldLeaveDocumentsWhereItIsNotConfigured() {
        fixture.commit(due("a", 100, 100), new Write.PutCompareExchange("k", Json.parse("{\"Object\":1}"), 0, 100));
        assertThat(fixture.store().isDue(1_000, false, false)).isTrue();

        assertThat(fixture.apply(new Command.Sweep(1_000, false, false, 10)))
                .isEqualTo(List.of(new Outcome.Swept(0, 0, 1, false)));

        assertThat(isThere("a")).isTrue();
        assertThat(fixture.store().exchange("k")).isEmpty();
        assertThat(fixture.store().isDue(1_000, false, false)).isFalse();
        assertThat(fixture.store().isDue(1_000, true, false)).isTrue();
    }

    @Test
    void shouldDoInOneEntryWhatTheSameEntryMadeDue() {
        Command put = new Command.Commit(io.rookery.api.Transaction.of(List.of(due("a", 100, 0)), 1));

        List<Outcome> outcomes = fixture.apply(put, new Command.Sweep(1_000, true, true, 10));

        assertThat(outcomes.get(1)).isEqualTo(new Outcome.Swept(1, 0, 0, false));
        assertThat(isThere("a")).isFalse();
        assertThat(fixture.store().verify())
                .isEqualTo(fixture.store()
                        .stateHash(fixture.store().applied().index())
                        .orElseThrow());
    }

    @Test
    void shouldKeepWhatIsDueAcrossReopening() {
        fixture.commit(due("a", 100, 0));
        fixture.reopen();

        assertThat(sweep(1_000, 10).expired()).isEqualTo(1);
    }
}
