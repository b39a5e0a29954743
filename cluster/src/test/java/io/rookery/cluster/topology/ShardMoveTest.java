package io.rookery.cluster.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import java.util.List;
import org.junit.jupiter.api.Test;

public final class ShardMoveTest {
    private static Topology.Shard shard(List<String> nodes, String... leaving) {
        return new Topology.Shard(1, "g", nodes, List.of(leaving));
    }

    private static ShardMove move(String from, String to) {
        return new ShardMove("shop", 1, from, to);
    }

    @Test
    public void shouldKeepTheFormerNodeUntilTheNewOneCounts() {
        Topology.Shard moving = move("A", "C").of(shard(List.of("A", "B")));

        assertThat(moving).isEqualTo(shard(List.of("A", "B", "C"), "A"));
        assertThat(moving.staying()).containsExactly("B", "C");
    }

    @Test
    public void shouldChangeNothingWhenAskedAgain() {
        Topology.Shard moving = shard(List.of("A", "B", "C"), "A");

        assertThat(move("A", "C").of(moving)).isEqualTo(moving);
        assertThat(move("A", "C").of(shard(List.of("B", "C")))).isEqualTo(shard(List.of("B", "C")));
    }

    @Test
    public void shouldGoBackWhileItIsUnderWay() {
        Topology.Shard moving = shard(List.of("A", "B", "C"), "A");

        assertThat(move("C", "A").of(moving)).isEqualTo(shard(List.of("A", "B", "C"), "C"));
    }

    @Test
    public void shouldRefuseWhatTheShardCannotGive() {
        assertRefused(move("A", "A"), shard(List.of("A")), ErrorCode.BAD_REQUEST);
        assertRefused(move("C", "D"), shard(List.of("A", "B")), ErrorCode.BAD_REQUEST);
        assertRefused(move("A", "B"), shard(List.of("A", "B")), ErrorCode.CONFLICT);
    }

    private static void assertRefused(ShardMove move, Topology.Shard shard, ErrorCode code) {
        assertThatThrownBy(() -> move.of(shard))
                .isInstanceOfSatisfying(
                        RookeryException.class, e -> assertThat(e.code()).isEqualTo(code));
    }
}
