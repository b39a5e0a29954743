package io.rookery.cluster.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

public final class PlacementTest {
    private static final List<String> THREE = List.of("A", "B", "C");

    private static List<List<String>> place(int shards, int replicas, List<String> nodes) {
        Placement placement = new Placement(List.of());
        List<List<String>> placed = new ArrayList<>();
        for (int shard = 0; shard < shards; shard++) {
            placed.add(placement.fill(List.of(), replicas, nodes));
        }
        return placed;
    }

    @Test
    public void shouldBeginEachShardOnAnotherNode() {
        assertThat(place(3, 3, THREE)).extracting(nodes -> nodes.get(0)).containsExactly("A", "B", "C");
        assertThat(place(3, 3, THREE)).allSatisfy(nodes -> assertThat(nodes).containsExactlyInAnyOrder("A", "B", "C"));
        assertThat(place(3, 1, THREE)).containsExactly(List.of("A"), List.of("B"), List.of("C"));
    }

    @Test
    public void shouldGiveEveryNodeAsManyReplicas() {
        List<String> all = place(3, 2, THREE).stream().flatMap(List::stream).toList();

        assertThat(all).filteredOn("A"::equals).hasSize(2);
        assertThat(all).filteredOn("B"::equals).hasSize(2);
        assertThat(all).filteredOn("C"::equals).hasSize(2);
    }

    @Test
    public void shouldKeepTheNodesThatAShardHasAndAddTheLeastLoaded() {
        Topology.Shard shard = new Topology.Shard(0, "g", List.of("B", "A"));
        Placement placement = new Placement(List.of(new Topology.Database("old", 2, List.of(shard), Slots.ONE)));

        assertThat(placement.fill(List.of("B"), 2, THREE)).containsExactly("B", "C");
        assertThat(placement.fill(List.of("B", "C", "A"), 2, THREE)).containsExactly("B", "C", "A");
        assertThat(placement.fill(List.of(), 2, List.of())).isEmpty();
    }

    @Test
    public void shouldTellHowManyMoreReplicasThereIsRoomFor() {
        Topology.Shard shard = new Topology.Shard(0, "g", List.of("B", "A"));
        Placement placement = new Placement(List.of(new Topology.Database("old", 2, List.of(shard), Slots.ONE)));

        assertThat(placement.room(THREE, 3)).isEqualTo(2 + 2 + 3);
        assertThat(placement.room(List.of("A"), 1)).isZero();
        assertThat(placement.room(List.of("A", "C"), 0)).isZero();
    }
}
