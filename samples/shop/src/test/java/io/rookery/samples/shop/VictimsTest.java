package io.rookery.samples.shop;

import static org.assertj.core.api.Assertions.assertThat;

import io.rookery.samples.shop.Victims.Role;
import io.rookery.samples.shop.Victims.Victim;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class VictimsTest {
    private static final List<TaskView> TASKS = List.of(task("shop-orders", "A"), task("orders-to-dwh", "C"));

    private static TaskView task(String name, String owner) {
        return new TaskView(name, "RUNNING", owner, 1, 0, 0, 0, 0, null);
    }

    @Test
    void shouldKillAnOwnerWhenThereIsOneKill() {
        assertThat(new Victims(1, new Random(1)).next(0, Optional.of("A"), TASKS))
                .hasValueSatisfying(victim -> {
                    assertThat(victim.role()).isEqualTo(Role.OWNER);
                    assertThat(victim.node()).isEqualTo("C");
                });
    }

    @Test
    void shouldTakeLeaderOwnerAndFollowerInTurnWhenThereAreMany() {
        Victims victims = new Victims(6, new Random(1));

        assertThat(List.of(0, 1, 2, 3, 4))
                .map(kill -> victims.next(kill, Optional.of("A"), TASKS).orElseThrow())
                .extracting(Victim::role, Victim::node)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(Role.LEADER, "A"),
                        org.assertj.core.groups.Tuple.tuple(Role.OWNER, "C"),
                        org.assertj.core.groups.Tuple.tuple(Role.FOLLOWER, "B"),
                        org.assertj.core.groups.Tuple.tuple(Role.LEADER, "A"),
                        org.assertj.core.groups.Tuple.tuple(Role.OWNER, "A"));
    }

    @Test
    void shouldWaitWhenNoLeaderIsKnown() {
        assertThat(new Victims(3, new Random(1)).next(0, Optional.empty(), TASKS))
                .isEmpty();
    }
}
