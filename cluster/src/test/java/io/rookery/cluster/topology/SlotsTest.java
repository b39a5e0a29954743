package io.rookery.cluster.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

public final class SlotsTest {
    @Test
    public void shouldNeverChangeTheSlotOfAnId() {
        // documents are where these numbers say: another number would lose them
        assertThat(Slots.slot("orders/1")).isEqualTo(291_411);
        assertThat(Slots.slot("Bestellungen/Müller")).isEqualTo(842_096);
        assertThat(Slots.slot("🐦")).isEqualTo(553_466);
    }

    @Test
    public void shouldPlaceByWhatStandsBehindTheLastDollar() {
        assertThat(Slots.slot("orders/1$customers/7")).isEqualTo(Slots.slot("customers/7"));
        assertThat(Slots.slot("lines/1$orders/1$customers/7")).isEqualTo(Slots.slot("customers/7"));
        assertThat(Slots.slot("$customers/7")).isEqualTo(Slots.slot("customers/7"));
        assertThat(Slots.slot("odd$")).isNotEqualTo(Slots.slot("even$"));
    }

    @Test
    public void shouldHaveEverythingOnShardZeroWhenThereIsOneShard() {
        assertThat(Slots.ONE.shardOf("anything")).isZero();
        assertThat(Slots.ONE.of(0)).containsExactly(List.of(0, Slots.COUNT - 1));
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 7, 16})
    public void shouldCoverEverySlotOnce(int shards) {
        Slots slots = Slots.even(shards);
        int expected = 0;
        for (int shard = 0; shard < shards; shard++) {
            List<Integer> range = slots.of(shard).get(0);
            assertThat(slots.of(shard)).hasSize(1);
            assertThat(range.get(0)).isEqualTo(expected);
            expected = range.get(1) + 1;
        }
        assertThat(expected).isEqualTo(Slots.COUNT);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 16})
    public void shouldSpreadIdsEvenly(int shards) {
        assertSpread(shards, number -> "orders/" + number);
        assertSpread(shards, number -> "orders/" + number + "-A");
        assertSpread(shards, number -> "users/" + new java.util.UUID(number * 0x9E3779B97F4A7C15L, number));
        assertSpread(shards, number -> String.format("%012d", number));
    }

    private static void assertSpread(int shards, IntFunction<String> id) {
        Slots slots = Slots.even(shards);
        int[] counts = new int[shards];
        int ids = 20_000;
        IntStream.range(0, ids).forEach(number -> counts[slots.shardOf(id.apply(number))]++);
        for (int count : counts) {
            assertThat(count).as(id.apply(7)).isBetween(ids / shards * 8 / 10, ids / shards * 12 / 10);
        }
    }

    @Test
    public void shouldFindTheShardOfARangeThatWasSplit() {
        Slots slots = new Slots(List.of(new Slots.Range(0, 1), new Slots.Range(1, 0), new Slots.Range(1 << 19, 1)));

        assertThat(slots.of(1)).containsExactly(List.of(0, 0), List.of(1 << 19, Slots.COUNT - 1));
        IntStream.range(0, 100).mapToObj(number -> "a/" + number).forEach(id -> {
            int slot = Slots.slot(id);
            assertThat(slots.shardOf(id)).isEqualTo(slot == 0 || slot >= 1 << 19 ? 1 : 0);
        });
    }

    @Test
    public void shouldRefuseRangesWithAGapOrOutOfOrder() {
        assertThatThrownBy(() -> new Slots(List.of())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Slots(List.of(new Slots.Range(1, 0))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Slots(List.of(new Slots.Range(0, 0), new Slots.Range(0, 1))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Slots(List.of(new Slots.Range(0, 0), new Slots.Range(Slots.COUNT, 1))))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
