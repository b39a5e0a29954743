package io.rookery.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.rookery.cluster.topology.Slots;
import io.rookery.cluster.topology.Topology;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class LeaderBalanceTest {
    private static final List<String> ALL = List.of("A", "B", "C");

    private static Topology.Database database(int shards) {
        List<Topology.Shard> list = new ArrayList<>();
        for (int number = 0; number < shards; number++) {
            list.add(new Topology.Shard(number, new UUID(7, number).toString(), ALL));
        }
        return new Topology.Database("shop", 3, list, Slots.even(shards));
    }

    private static ShardDefinition shard(int number) {
        return ShardDefinition.of(new UUID(7, number), "shop", number);
    }

    private static LeaderBalance led(List<String> leaders, List<String> members) {
        LeaderBalance balance = new LeaderBalance();
        for (int number = 0; number < leaders.size(); number++) {
            balance.add(database(leaders.size()), shard(number), leaders.get(number), members);
        }
        return balance;
    }

    @Test
    void shouldMoveFromWhoLeadsMostToWhoLeadsLeast() {
        LeaderBalance.Move move = led(List.of("A", "A", "B"), ALL).next().orElseThrow();

        assertThat(move.from()).isEqualTo("A");
        assertThat(move.to()).isEqualTo("C");
    }

    @Test
    void shouldLeaveLeadersThatAreSpread() {
        assertThat(led(List.of("A", "B", "C"), ALL).next()).isEmpty();
        assertThat(led(List.of("A", "B", "C", "A"), ALL).next()).isEmpty();
    }

    @Test
    void shouldMoveToMembersOnly() {
        assertThat(led(List.of("A", "A"), List.of("A")).next()).isEmpty();
        assertThat(led(List.of("A", "A"), List.of("A", "B")).next())
                .map(LeaderBalance.Move::to)
                .isEqualTo(Optional.of("B"));
    }

    @Test
    void shouldNotMoveTheOnlyShardOfADatabase() {
        LeaderBalance balance = new LeaderBalance();
        balance.add(database(1), shard(0), "A", ALL);
        balance.add(database(1), shard(1), "A", ALL);
        balance.add(database(1), shard(2), "A", ALL);

        assertThat(balance.next()).isEmpty();
    }
}
