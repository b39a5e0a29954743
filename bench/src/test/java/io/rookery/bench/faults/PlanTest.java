package io.rookery.bench.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PlanTest {
    private static Plan plan(int nodes, Nemesis... nemeses) {
        return new Plan(new Plan.Shape(nodes, 1, null), Duration.ofMinutes(1), List.of(nemeses), true, 1);
    }

    @Test
    void shouldHavePlacesForNodesThatCome() {
        assertThat(plan(3, new Kill(true)).places()).isEqualTo(3);
        assertThat(plan(3, new Kill(true), new Replace()).places()).isEqualTo(4);
        assertThat(plan(1, new Grow()).places()).isEqualTo(5);
    }

    @Test
    void shouldWantReplicaOnNodesThatComeOnlyToGrow() {
        assertThat(plan(3, new Replace()).replicas()).isEqualTo(3);
        assertThat(plan(1, new Grow()).replicas()).isEqualTo(5);
    }

    @Test
    void shouldTellNodesToLosePatienceOnlyToReplaceOne() {
        assertThat(plan(3, new Replace()).settings()).isNotEmpty();
        assertThat(plan(3, new Kill(true), new Grow()).settings()).isEmpty();
    }
}
