package io.rookery.cluster.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rookery.api.ChangeVector;
import io.rookery.api.Document;
import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import io.rookery.api.Write;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ShardSplittingTest {
    private static final int LAST = Slots.COUNT - 1;
    private static final Topology.Database ONE =
            new Topology.Database("shop", 2, List.of(new Topology.Shard(0, "g0", List.of("A", "B"))), Slots.ONE);

    private static ShardSplitting half(int shard) {
        return new ShardSplitting("shop", shard, Optional.empty());
    }

    private static Topology.Database split(Topology.Database database, int shard, long head, long index) {
        Topology.Database splitting = half(shard).of(database, 16);
        return splitting
                .with(splitting.splitting().map(split -> split.on(List.of("A", "B"))))
                .divided(head, index);
    }

    private static void assertRefused(Topology.Database database, ShardSplitting wanted, ErrorCode code) {
        assertThatThrownBy(() -> wanted.of(database, 3))
                .isInstanceOfSatisfying(RookeryException.class, refused -> assertThat(refused.code())
                        .isEqualTo(code));
    }

    @Test
    void shouldGiveTheUpperHalfOfTheBiggestRange() {
        Topology.Database twice = split(split(ONE, 0, 100, 10), 0, 200, 20);

        assertThat(twice.shards()).extracting(Topology.Shard::number).containsExactly(0, 1, 2);
        assertThat(twice.shards().get(2).nodes()).containsExactly("A", "B");
        assertThat(twice.slots().of(0)).containsExactly(List.of(0, Slots.COUNT / 4 - 1));
        assertThat(twice.slots().of(2)).containsExactly(List.of(Slots.COUNT / 4, Slots.COUNT / 2 - 1));
        assertThat(twice.slots().of(1)).containsExactly(List.of(Slots.COUNT / 2, LAST));
        assertThat(twice.splitting()).isEmpty();
    }

    @Test
    void shouldCountEachShardsSplitsWithThoseOfWhereItCameFrom() {
        Topology.Database database = split(split(split(ONE, 0, 100, 10), 1, 150, 15), 0, 300, 30);

        assertThat(database.divided(0)).isEqualTo(new Topology.Divided(2, 30));
        assertThat(database.divided(1)).isEqualTo(new Topology.Divided(2, 15));
        assertThat(database.divided(2)).isEqualTo(new Topology.Divided(2, 15));
        assertThat(database.divided(3)).isEqualTo(new Topology.Divided(2, 30));
        assertThat(ONE.divided(0)).isEqualTo(Topology.Divided.NEVER);
    }

    @Test
    void shouldNameWhoWroteAVersion() {
        Topology.Database database = split(split(split(ONE, 0, 100, 10), 1, 150, 15), 0, 300, 30);

        assertThat(database.writer(2, 100)).isEqualTo(0);
        assertThat(database.writer(2, 101)).isEqualTo(1);
        assertThat(database.writer(2, 150)).isEqualTo(1);
        assertThat(database.writer(2, 151)).isEqualTo(2);
        assertThat(database.writer(3, 300)).isEqualTo(0);
        assertThat(database.writer(3, 301)).isEqualTo(3);
        assertThat(database.writer(0, 999)).isEqualTo(0);
        assertThat(database.writer(1, 99)).isEqualTo(0);
        assertThat(database.writer(1, 999)).isEqualTo(1);
    }

    @Test
    void shouldGiveTheSlotsThatAreNamed() {
        Topology.Database splitting = new ShardSplitting("shop", 0, Optional.of(List.of(10, 19))).of(ONE, 16);
        Topology.Database done = splitting.divided(5, 1);

        assertThat(done.slots().of(0)).containsExactly(List.of(0, 9), List.of(20, LAST));
        assertThat(done.slots().of(1)).containsExactly(List.of(10, 19));
        Slots back = done.slots().given(10, 19, 0);
        assertThat(back).isEqualTo(Slots.ONE);
        assertThat(new Slots(List.of(new Slots.Range(0, 3))).given(0, 9, 1).of(1))
                .containsExactly(List.of(0, 9));
        assertThat(Slots.even(2).given(5, LAST, 7).of(7)).containsExactly(List.of(5, LAST));
    }

    @Test
    void shouldRefuseWhatCannotBe() {
        Topology.Database splitting = half(0).of(ONE, 16);
        Topology.Database moving =
                ONE.withShards(List.of(new Topology.Shard(0, "g0", List.of("A", "B"), List.of("A"))));

        assertRefused(ONE, half(1), ErrorCode.NOT_FOUND);
        assertRefused(splitting, half(0), ErrorCode.CONFLICT);
        assertRefused(moving, half(0), ErrorCode.CONFLICT);
        assertRefused(split(split(ONE, 0, 1, 1), 0, 2, 2), half(0), ErrorCode.BAD_REQUEST);
        assertRefused(ONE, new ShardSplitting("shop", 0, Optional.of(List.of(0, LAST))), ErrorCode.BAD_REQUEST);
        assertRefused(ONE, new ShardSplitting("shop", 0, Optional.of(List.of(9, 5))), ErrorCode.BAD_REQUEST);
        assertRefused(
                split(ONE, 0, 1, 1),
                new ShardSplitting("shop", 0, Optional.of(List.of(7, LAST))),
                ErrorCode.BAD_REQUEST);
        assertThat(half(0).isUnderWay(splitting)).isTrue();
        assertThat(half(1).isUnderWay(splitting)).isFalse();
        assertThat(half(0).isUnderWay(ONE)).isFalse();
    }

    @Test
    void shouldBeReadAsItWasWrittenDown() {
        Topology.Database once = split(ONE, 0, 100, 10);
        Topology.Database again = half(1).of(once, 16);
        Topology.Database placed = again.with(again.splitting().map(split -> split.on(List.of("A"))));

        for (Topology.Database database : List.of(ONE, once, again, placed)) {
            Write.PutDocument write = (Write.PutDocument) SystemState.put(database, List.of(0L), ChangeVector.NONE);
            Document stored =
                    new Document(write.id(), write.collection(), new ChangeVector("system", 1), 1, write.body());
            assertThat(SystemState.base(stored).database()).isEqualTo(database);
        }
    }
}
