package io.rookery.cluster.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.rookery.api.ManualClock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

public class UnitPolicyTest {
    private final ManualClock clock = new ManualClock();
    private final Sights sights = new Sights(clock, "A", "B", "C", "D").members("A", "B", "C");

    private SystemStates shop() {
        return SystemStates.of("A", "B", "C", "D").shop("A", "B", "C");
    }

    private List<UnitPolicy.Move> decide(SystemStates states) {
        return UnitPolicy.decide(states.state(), sights.now(), List.of(new TaskUnit("u", "shop", 0)));
    }

    private void silent(String tag) {
        sights.silent(tag);
        clock.advance(Duration.ofSeconds(4));
    }

    @Test
    public void shouldSpreadNewUnitsOverMembers() {
        List<UnitPolicy.Move> moves = UnitPolicy.decide(
                shop().state(),
                sights.now(),
                List.of(new TaskUnit("u1", "shop", 0), new TaskUnit("u2", "shop", 0), new TaskUnit("u3", "shop", 0)));
        assertThat(moves).extracting(UnitPolicy.Move::to).containsExactly("A", "B", "C");
    }

    @Test
    public void shouldLeaveUnitWhereItIsAsLongAsItsNodeMayRunIt() {
        assertThat(decide(shop().assigned("u", "C"))).isEmpty();
    }

    @Test
    public void shouldMoveUnitFromSilentNode() {
        silent("A");
        assertThat(decide(shop().assigned("u", "A")))
                .containsExactly(new UnitPolicy.Move("u", "A", "B", "node A is silent for 4 s"));
    }

    @Test
    public void shouldMoveUnitFromDrainedNodeAndFromReplicaInRehab() {
        assertThat(decide(shop().assigned("u", "A").node("A", SystemState.DRAINING)))
                .containsExactly(new UnitPolicy.Move("u", "A", "B", "node A is drained"));
        assertThat(decide(shop().assigned("u", "B").marked("B", ReplicaMarks.Mark.rehab(0, "behind"))))
                .containsExactly(new UnitPolicy.Move("u", "B", "A", "the replica of shop on B is no member"));
    }

    @Test
    public void shouldGiveNothingToReplicaThatDoesNotVoteYet() {
        SystemStates states = SystemStates.of("A", "B", "C", "D").shop("D", "B").assigned("u", "B");
        sights.members("B");
        silent("B");
        assertThat(decide(states)).isEmpty();
        sights.members("D", "B");
        assertThat(decide(states)).extracting(UnitPolicy.Move::to).containsExactly("D");
    }

    @Test
    public void shouldUseStaleReplicaOnlyWhenThereIsNoOther() {
        SystemStates states =
                SystemStates.of("A", "B").shop("A", "B").marked("B", ReplicaMarks.Mark.rehab(0, "behind"));
        sights.members("A", "B");
        assertThat(decide(states.assigned("u", "B"))).hasSize(1);
        silent("A");
        assertThat(decide(states.assigned("u", "B"))).isEmpty();
        assertThat(decide(states.assigned("u", "A")))
                .extracting(UnitPolicy.Move::to)
                .containsExactly("B");
    }

    @Test
    public void shouldMoveOnlyWhatWasAskedForWhileSuspended() {
        silent("A");
        assertThat(decide(shop().assigned("u", "A").suspended())).isEmpty();
        assertThat(decide(shop().assigned("u", "A").suspended().node("A", SystemState.DRAINING)))
                .hasSize(1);
        assertThat(decide(shop().suspended())).extracting(UnitPolicy.Move::why).containsExactly("nobody had it");
    }

    @Test
    public void shouldTellAlikeMovesAsOne() {
        List<UnitPolicy.Move> moves = new java.util.ArrayList<>();
        for (int i = 0; i < 7; i++) {
            moves.add(new UnitPolicy.Move("u" + i, "A", "B", "gone"));
        }
        moves.add(new UnitPolicy.Move("v", null, "B", "new"));
        assertThat(UnitPolicy.decisions(5, moves))
                .containsExactly(
                        Decision.of(5, "tasks from A to B", "u0, u1, u2, u3, u4 and 2 more", "gone"),
                        Decision.of(5, "tasks to B", "v", "new"));
    }

    @Test
    public void shouldPreferLeaderAmongNodesWithEqualLoad() {
        sights.members("B", "A", "C");
        assertThat(decide(shop())).extracting(UnitPolicy.Move::to).containsExactly("B");
        assertThat(decide(shop().assigned("v", "B")))
                .extracting(UnitPolicy.Move::to)
                .containsExactly("A");
    }

    @Test
    public void shouldRunUnitWhereItsOwnShardIs() {
        SystemStates states = shop().shard(1, "D");
        assertThat(UnitPolicy.decide(
                        states.state(),
                        sights.now(),
                        List.of(new TaskUnit("u", "shop", 0), new TaskUnit("u.1", "shop", 1))))
                .extracting(UnitPolicy.Move::unit, UnitPolicy.Move::to)
                .containsExactly(tuple("u", "A"), tuple("u.1", "D"));
    }

    @Test
    public void shouldMakeUnitForEachShardOfDeliveryAndOneForSource() {
        Map<String, Topology.Database> databases =
                shop().shard(1, "D").state().topology().databases();
        assertThat(TaskUnit.of("task-out", "shop", databases))
                .containsExactly(new TaskUnit("task-out", "shop", 0), new TaskUnit("task-out.1", "shop", 1));
        assertThat(TaskUnit.of("source-legacy", "shop", databases))
                .containsExactly(new TaskUnit("source-legacy", "shop", 0));
        assertThat(TaskUnit.of("task-out", "gone", databases)).containsExactly(new TaskUnit("task-out", "gone", 0));
        assertThat(TaskUnit.of("task-out", null, databases)).containsExactly(new TaskUnit("task-out", null, 0));
    }
}
