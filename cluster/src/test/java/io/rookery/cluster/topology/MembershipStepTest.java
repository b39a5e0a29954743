package io.rookery.cluster.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.rookery.api.ManualClock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

public class MembershipStepTest {
    private final ManualClock clock = new ManualClock();
    private final Sights sights = new Sights(clock, "A", "B", "C", "D").members("A", "B", "C");

    private Optional<MembershipStep> next(String... wanted) {
        return MembershipStep.next(SystemStates.GROUP, sights.now(), List.of(wanted));
    }

    private void dead(String... tags) {
        for (String tag : tags) {
            sights.silent(tag);
        }
        clock.advance(Duration.ofMinutes(1));
    }

    private List<String> members(String... wanted) {
        return next(wanted)
                .map(step -> ((MembershipStep.Change) step).members())
                .orElse(null);
    }

    @Test
    public void shouldDoNothingWhenMembersAreAsWished() {
        assertThat(next("C", "B", "A")).isEmpty();
    }

    @Test
    public void shouldOpenReplicaBeforeItBecomesMember() {
        assertThat(next("A", "B", "C", "D")).contains(new MembershipStep.Open("D"));
        sights.holding("D");
        assertThat(members("A", "B", "C", "D")).containsExactly("A", "B", "C", "D");
    }

    @Test
    public void shouldAddTheNewOneBeforeTheDeadOneGoes() {
        dead("B");
        sights.holding("D");
        assertThat(members("A", "C", "D")).containsExactly("A", "B", "C", "D");
        sights.members("A", "B", "C", "D");
        assertThat(members("A", "C", "D")).containsExactly("A", "C", "D");
    }

    @Test
    public void shouldNeverChangeMembersWithoutMajorityBeforeAndAfter() {
        dead("B", "C");
        assertThat(next("A")).isEmpty();
        sights.holding("D");
        assertThat(next("A", "B", "C", "D")).isEmpty();
    }

    @Test
    public void shouldNotRemoveLivingMemberWhenTheRestWouldBeNoMajority() {
        dead("B");
        sights.members("A", "B", "C");
        assertThat(next("A", "B")).describedAs("A and dead B would be left").isEmpty();
        assertThat(members("A", "C")).containsExactly("A", "C");
    }

    @Test
    public void shouldTakeOutMemberThatHasLostItsReplicaBeforeItComesBack() {
        sights.lost("C");
        assertThat(next("A", "B", "C")).contains(new MembershipStep.Lost("C", List.of("A", "B")));
        dead("B");
        assertThat(next("A", "B", "C")).describedAs("only A is left").isEmpty();
    }

    @Test
    public void shouldCloseReplicaThatIsNoMemberAndNotWished() {
        sights.holding("D");
        assertThat(next("A", "B", "C")).contains(new MembershipStep.Close("D"));
        dead("D");
        assertThat(next("A", "B", "C")).isEmpty();
    }

    @Test
    public void shouldGiveTheLeadToTheLeastBehindThatMayLead() {
        sights.behind("B", 5).behind("C", 9);
        assertThat(lead("B")).isEmpty();
        assertThat(lead("A")).contains("B");
        assertThat(lead("A", "B")).contains("C");
        assertThat(lead("A", "B", "C")).isEmpty();
        dead("B");
        assertThat(lead("A")).contains("C");
    }

    private Optional<String> lead(String... shallNot) {
        return MembershipStep.leadInstead(SystemStates.GROUP, sights.now(), Set.of(shallNot));
    }
}
