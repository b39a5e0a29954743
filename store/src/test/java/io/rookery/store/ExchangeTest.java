package io.rookery.store;

import static io.rookery.store.StoreFixture.put;
import static org.assertj.core.api.Assertions.assertThat;

import io.rookery.api.Json;
import io.rookery.api.Transaction;
import io.rookery.api.Write;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compare-exchange values, alone and in one transaction with documents. */
class ExchangeTest {
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

    private static Write set(String key, long expected, String value) {
        return new Write.PutCompareExchange(key, Json.parse(value), expected);
    }

    private static Write remove(String key, long expected) {
        return new Write.DeleteCompareExchange(key, expected);
    }

    private long number(Write write) {
        return ((Outcome.Committed) fixture.commit(write)).result().number(0);
    }

    @Test
    void shouldChangeOnlyFromTheIndexThatIsExpected() {
        long first = number(set("k", 0, "1"));
        assertThat(fixture.commit(set("k", 0, "2"))).isEqualTo(new Outcome.Mismatch("k", 0, first, Json.parse("1")));

        long second = number(set("k", first, "2"));
        assertThat(second).isGreaterThan(first);
        assertThat(fixture.commit(remove("k", first)))
                .isEqualTo(new Outcome.Mismatch("k", first, second, Json.parse("2")));

        assertThat(number(remove("k", second))).isGreaterThan(second);
        assertThat(fixture.store().exchange("k")).isEmpty();
        assertThat(fixture.commit(remove("k", second))).isEqualTo(new Outcome.Mismatch("k", second, 0, null));
        assertThat(fixture.commit(remove("k", 0))).isEqualTo(new Outcome.Mismatch("k", 0, 0, null));
    }

    @Test
    void shouldNeverGiveAnIndexTwiceWhenOneEntryHasManyChanges() {
        long first = number(set("k", 0, "1"));
        fixture.apply(
                new Command.Commit(Transaction.of(List.of(remove("k", first)), 1)),
                new Command.Commit(Transaction.of(List.of(set("k", 0, "1")), 1)));

        long again = fixture.store().exchange("k").orElseThrow().index();
        assertThat(again).isGreaterThan(first + 1);
        fixture.reopen();
        assertThat(number(set("other", 0, "1"))).isGreaterThan(again);
    }

    @Test
    void shouldReserveAndStoreTogetherOrNeither() {
        assertThat(fixture.commit(set("emails/a", 0, "\"users/1\""), put("users/1", "{}")))
                .isInstanceOf(Outcome.Committed.class);

        assertThat(fixture.commit(put("users/2", "{}"), set("emails/a", 0, "\"users/2\"")))
                .isInstanceOf(Outcome.Mismatch.class);
        assertThat(fixture.store().document("users/2")).isEmpty();
        assertThat(fixture.commit(set("emails/b", 0, "\"users/1\""), put("users/1", "{}", StoreFixture.NONE)))
                .isInstanceOf(Outcome.Conflict.class);
        assertThat(fixture.store().exchange("emails/b")).isEmpty();
    }

    @Test
    void shouldJudgeEachWriteByThoseBeforeIt() {
        assertThat(fixture.commit(set("k", 0, "1"), set("k", 0, "2"))).isInstanceOf(Outcome.Mismatch.class);
        assertThat(fixture.store().exchange("k")).isEmpty();
        long first = number(set("k", 0, "1"));

        assertThat(fixture.commit(remove("k", first), set("k", 0, "2"))).isInstanceOf(Outcome.Committed.class);
        assertThat(fixture.store().exchange("k").orElseThrow().value()).isEqualTo(Json.parse("2"));
    }
}
