package io.rookery.cluster.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.rookery.api.ManualClock;
import io.rookery.api.Write;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

public class ReplicaPolicyTest {
    private static final String REHAB = "replica to rehab";

    private final ManualClock clock = new ManualClock();
    private final ReplicaPolicy policy = new ReplicaPolicy(60_000, 900_000, 1_000, 10);
    private final Sights sights = new Sights(clock, "A", "B", "C", "D").members("A", "B", "C");

    private SystemStates shop() {
        return SystemStates.of("A", "B", "C", "D").shop("A", "B", "C");
    }

    private ReplicaMarks.Mark rehab() {
        return ReplicaMarks.Mark.rehab(clock.millis(), "silent");
    }

    private List<ReplicaPolicy.Step> decide(SystemStates states) {
        return policy.decide(states.state(), sights.now());
    }

    private ReplicaPolicy.Step one(SystemStates states) {
        List<ReplicaPolicy.Step> steps = decide(states);
        assertThat(steps).hasSize(1);
        return steps.get(0);
    }

    private static List<?> nodes(ReplicaPolicy.Step step) {
        Map<String, Object> database = step.writes().stream()
                .filter(write ->
                        write instanceof Write.PutDocument put && put.id().equals("databases/shop"))
                .map(write -> ((Write.PutDocument) write).body().asObject())
                .findFirst()
                .orElseThrow();
        return (List<?>) ((Map<?, ?>) ((List<?>) database.get("shards")).get(0)).get("nodes");
    }

    private static Map<?, ?> marks(ReplicaPolicy.Step step) {
        return step.writes().stream()
                .filter(write -> write instanceof Write.PutDocument put
                        && put.collection().equals("@replicas"))
                .map(write -> (Map<?, ?>)
                        ((Write.PutDocument) write).body().asObject().get("marks"))
                .findFirst()
                .orElse(Map.of());
    }

    @Test
    public void shouldDecideNothingWhileAllAreWell() {
        sights.behind("B", 1_000);
        clock.advance(Duration.ofDays(1));
        assertThat(decide(shop())).isEmpty();
    }

    @Test
    public void shouldPutReplicaInRehabWhenItsNodeIsSilentForLong() {
        sights.silent("B");
        clock.advance(Duration.ofMillis(59_999));
        assertThat(decide(shop())).isEmpty();
        clock.advance(Duration.ofMillis(1));
        ReplicaPolicy.Step step = one(shop());
        assertThat(step.decision().what()).isEqualTo(REHAB);
        assertThat(step.decision().of()).isEqualTo("shop/0 on B");
        assertThat(step.decision().why()).isEqualTo("its node is silent for 60 s");
        assertThat(((Map<?, ?>) marks(step).get("B")).get("since")).isEqualTo(clock.millis() - 60_000);
    }

    @Test
    public void shouldPutReplicaInRehabWhenItIsFarBehind() {
        sights.behind("C", 1_001);
        assertThat(one(shop()).decision().why()).isEqualTo("it is 1001 log entries behind");
    }

    @Test
    public void shouldPutReplicaInRehabUntilItsNodesDiskHasRoomAndMakeNoneOnFullNode() {
        SystemStates states = shop().marked("B", rehab());
        sights.full("B");
        assertThat(one(shop()).decision().why()).isEqualTo("its node's disk is full");
        assertThat(decide(states)).isEmpty();
        sights.full("D");
        clock.advance(Duration.ofMinutes(15));
        assertThat(decide(states)).isEmpty();
    }

    @Test
    public void shouldTakeReplicaBackOnlyWhenItHasCaughtUp() {
        SystemStates states = shop().marked("B", rehab());
        sights.behind("B", 11);
        assertThat(decide(states)).isEmpty();
        sights.behind("B", 10).noLeader();
        assertThat(decide(states)).isEmpty();
        sights.members("A", "B", "C").behind("B", 10);
        ReplicaPolicy.Step step = one(states);
        assertThat(step.decision().what()).isEqualTo("replica is a member again");
        assertThat(step.writes()).hasOnlyElementsOfType(Write.DeleteDocument.class);
    }

    @Test
    public void shouldMakeReplacementOnSpareNodeAfterALongTime() {
        SystemStates states = shop().marked("B", rehab());
        sights.silent("B");
        clock.advance(Duration.ofMinutes(15).minusMillis(1));
        assertThat(decide(states)).isEmpty();
        clock.advance(Duration.ofMillis(1));
        ReplicaPolicy.Step step = one(states);
        assertThat(nodes(step)).isEqualTo(List.of("A", "B", "C", "D"));
        assertThat(((Map<?, ?>) marks(step).get("D")).get("instead")).isEqualTo("B");
        assertThat(marks(step).keySet().toString()).isEqualTo("[B, D]");
    }

    @Test
    public void shouldMakeNoReplacementWithoutSpareNodeOrForDrainedNode() {
        sights.silent("B");
        SystemStates drained = shop().marked("B", rehab()).node("B", SystemState.DRAINING);
        SystemStates noSpare = shop().marked("B", rehab()).node("D", SystemState.DRAINING);
        SystemStates leaving = shop().marked("B", rehab()).node("D", SystemState.LEAVING);
        clock.advance(Duration.ofHours(1));
        assertThat(decide(drained)).isEmpty();
        assertThat(decide(noSpare)).isEmpty();
        assertThat(decide(leaving)).isEmpty();
        sights.silent("D");
        clock.advance(Duration.ofSeconds(4));
        assertThat(decide(shop().marked("B", rehab()))).isEmpty();
    }

    @Test
    public void shouldLetReplacementStayWhenItCatchesUpFirst() {
        SystemStates states = SystemStates.of("A", "B", "C", "D")
                .shop("A", "B", "C", "D")
                .marked("B", rehab())
                .marked("D", ReplicaMarks.Mark.replacement(clock.millis(), "B"));
        sights.silent("B").holding("D");
        clock.advance(Duration.ofMinutes(1));
        assertThat(decide(states)).describedAs("D does not vote yet").isEmpty();
        sights.members("A", "B", "C", "D").behind("D", 500);
        assertThat(decide(states)).describedAs("D is behind").isEmpty();
        sights.behind("D", 0);
        ReplicaPolicy.Step step = one(states);
        assertThat(nodes(step)).isEqualTo(List.of("A", "C", "D"));
        assertThat(marks(step)).isEmpty();
        assertThat(step.decision().what()).isEqualTo("replica replaced by D");
    }

    @Test
    public void shouldDropReplacementWhenTheFormerOneCatchesUpFirst() {
        SystemStates states = SystemStates.of("A", "B", "C", "D")
                .shop("A", "B", "C", "D")
                .marked("D", ReplicaMarks.Mark.replacement(clock.millis(), "B"));
        ReplicaPolicy.Step step = one(states);
        assertThat(nodes(step)).isEqualTo(List.of("A", "B", "C"));
        assertThat(step.decision().of()).isEqualTo("shop/0 on D");
        assertThat(step.decision().why()).isEqualTo("B caught up first");
    }

    @Test
    public void shouldDropReplacementWhoseNodeIsSilentToo() {
        SystemStates states = SystemStates.of("A", "B", "C", "D")
                .shop("A", "B", "C", "D")
                .marked("B", rehab())
                .marked("D", ReplicaMarks.Mark.replacement(clock.millis(), "B"));
        sights.silent("B").silent("D");
        clock.advance(Duration.ofMinutes(1));
        ReplicaPolicy.Step step = one(states);
        assertThat(nodes(step)).isEqualTo(List.of("A", "B", "C"));
        assertThat(marks(step).keySet().toString()).isEqualTo("[B]");
    }

    @Test
    public void shouldForgetMarksOfDeletedDatabases() {
        ReplicaPolicy.Step step = one(SystemStates.of("A").marked("A", rehab()));
        assertThat(step.decision()).isNull();
        assertThat(step.writes()).hasOnlyElementsOfType(Write.DeleteDocument.class);
    }
}
