package io.rookery.store;

import static io.rookery.store.StoreFixture.delete;
import static io.rookery.store.StoreFixture.put;
import static org.assertj.core.api.Assertions.assertThat;

import io.rookery.api.CommitResult;
import io.rookery.api.Json;
import io.rookery.api.Transaction;
import io.rookery.api.Write;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Identities: ids that apply decides. */
class NumberingTest {
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

    private static Write numbered() {
        return new Write.PutNumbered("users/", "Users", Json.parse("{\"n\":1}"));
    }

    private CommitResult commit(Write... writes) {
        return ((Outcome.Committed) fixture.commit(writes)).result();
    }

    @Test
    void shouldCountUpAcrossRestarts() {
        assertThat(commit(numbered(), put("x", "{}"), numbered()).numbers()).containsExactly(1L, 0L, 2L);
        fixture.reopen();

        assertThat(commit(numbered()).numbers()).containsExactly(3L);
        assertThat(fixture.store().document("users/2")).isPresent();
        assertThat(fixture.store().identities(10)).containsExactly(Map.entry("users/", 3L));
    }

    @Test
    void shouldGiveTheSameIdWhenTheKeyIsRepeated() {
        Transaction transaction = new Transaction(List.of(), List.of(numbered()), "key", null, 1_000);
        CommitResult first = ((Outcome.Committed) fixture.commit(transaction)).result();
        commit(numbered());
        fixture.reopen();
        CommitResult again = ((Outcome.Committed) fixture.commit(transaction)).result();

        assertThat(again.repeated()).isTrue();
        assertThat(again.numbers()).isEqualTo(first.numbers()).containsExactly(1L);
        assertThat(again.changeVectors()).isEqualTo(first.changeVectors());
        assertThat(fixture.store().document("users/3")).isEmpty();
    }

    @Test
    void shouldNeverOverwriteADocument() {
        for (int i = 1; i <= 20; i++) {
            commit(put("users/" + i, "{\"old\":true}"));
        }
        commit(delete("users/3"));

        long number = commit(numbered()).number(0);
        CommitResult both = commit(numbered(), put("users/" + (number + 1), "{}", StoreFixture.NONE), numbered());

        assertThat(number).isGreaterThan(20);
        assertThat(both.number(0)).isGreaterThan(number + 1);
        assertThat(both.number(2)).isGreaterThan(both.number(0));
        assertThat(fixture.store().document("users/20").orElseThrow().body()).isEqualTo(Json.parse("{\"old\":true}"));
    }

    @Test
    void shouldTakeNoNumberWhenTheTransactionIsRefused() {
        commit(put("x", "{}"));

        assertThat(fixture.commit(numbered(), put("x", "{}", StoreFixture.NONE)))
                .isInstanceOf(Outcome.Conflict.class);

        assertThat(commit(numbered()).number(0)).isEqualTo(1);
    }

    @Test
    void shouldSeedUpwardsAndDownOnlyByForce() {
        assertThat(commit(new Write.SeedNumber("users/", 100, false)).number(0)).isEqualTo(100);
        assertThat(commit(new Write.SeedNumber("users/", 50, false)).number(0)).isEqualTo(100);
        assertThat(commit(new Write.TakeNumber("users/")).number(0)).isEqualTo(101);
        assertThat(commit(numbered()).number(0)).isEqualTo(102);
        assertThat(commit(new Write.SeedNumber("users/", 5, true)).number(0)).isEqualTo(5);
        assertThat(commit(numbered()).number(0)).isEqualTo(6);
        assertThat(commit(new Write.SeedNumber("users/", Write.SeedNumber.MOST, false), numbered())
                        .number(1))
                .isEqualTo(Write.SeedNumber.MOST + 1);
    }
}
