package io.rookery.cluster;

import static io.rookery.cluster.TestCluster.eventually;
import static io.rookery.cluster.TestCluster.get;
import static io.rookery.cluster.TestCluster.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.rookery.api.Json;
import io.rookery.api.Transaction;
import io.rookery.api.Write;
import io.rookery.cluster.topology.Decision;
import io.rookery.cluster.topology.Topology;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** Four nodes and a database on three of them: drained, demoted, suspended, one lost, replaced, come back. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SupervisorIT {
    private static final String SHOP = "shop";

    /** What would have ended a process. */
    private static final List<String> FATAL = new CopyOnWriteArrayList<>();

    @TempDir
    static Path folder;

    private static TestCluster cluster;

    @BeforeAll
    static void found() {
        cluster = new TestCluster(folder, TestCluster.tuning(FATAL::add))
                .patience(Duration.ofMillis(3_500), Duration.ofSeconds(6));
        for (String tag : List.of("A", "B", "C", "D")) {
            cluster.start(tag);
            if (!tag.equals("A")) {
                cluster.join(tag, "A");
            }
        }
        get(cluster.node("A").createDatabase(SHOP, 3));
        ReplicatedStore system = cluster.node("A").system();
        for (int i = 0; i < 3; i++) {
            Json task = Json.of(Map.of("unit", "unit-" + i, "enabled", true, "database", SHOP));
            get(system.commit(Transaction.of(List.of(new Write.PutDocument("tasks/t" + i, "@tasks", task, null)), 1)));
        }
        eventually(() -> cluster.node("A").topology().assignments().size() == 3);
    }

    @AfterAll
    static void close() {
        cluster.close();
    }

    @AfterEach
    void shouldHaveEndedNoProcess() {
        assertThat(FATAL).isEmpty();
    }

    private static Topology topology() {
        return cluster.nodes().iterator().next().topology();
    }

    private static List<String> replicas() {
        return topology().databases().get(SHOP).shards().get(0).nodes();
    }

    private static List<Decision> decisions(String what) {
        return cluster.nodes().iterator().next().decisions().stream()
                .filter(decision -> decision.what().equals(what))
                .toList();
    }

    private static boolean runsTasks(String tag) {
        return topology().assignments().values().stream()
                .anyMatch(assignment -> assignment.node().equals(tag));
    }

    @Test
    @Order(1)
    void shouldTakeLeadAndTasksOffDrainedNodeWithoutLosingWrites() {
        // given
        String drained = cluster.leader(SHOP);
        put(cluster.shard(drained, SHOP), "before", "{}");

        // when
        get(cluster.node(drained).drainNode(drained));

        // then
        assertThat(cluster.leader(SHOP)).isNotEqualTo(drained);
        assertThat(cluster.systemLeader()).isNotEqualTo(drained);
        assertThat(runsTasks(drained)).isFalse();
        assertThat(topology().supervision().draining()).containsExactly(drained);
        assertThat(replicas()).contains(drained);
        put(cluster.shard(drained, SHOP), "through-drained", "{}");
        get(cluster.shard(drained, SHOP).fence());
        assertThat(cluster.shard(drained, SHOP).document("through-drained")).isPresent();
        assertThat(decisions("node drained").get(0).of()).isEqualTo(drained);
        get(cluster.node("A").undrainNode(drained));
        assertThat(topology().supervision().draining()).isEmpty();
        cluster.assertReplicasEqual(SHOP, replicas());
    }

    @Test
    @Order(2)
    void shouldLeadTheClusterFromAnotherNodeWhenItsLeaderIsDemoted() {
        // given
        String demoted = cluster.systemLeader();

        // when
        get(cluster.node("B").demoteNode(demoted));

        // then
        assertThat(cluster.systemLeader()).isNotEqualTo(demoted);
        assertThat(topology().supervision().watchers()).containsExactly(demoted);
        get(cluster.node("B").promoteNode(demoted));
        assertThat(topology().supervision().watchers()).isEmpty();
    }

    @Test
    @Order(3)
    void shouldRefuseToDrainTheLastNode() {
        for (String tag : List.of("A", "B", "C")) {
            get(cluster.node("D").drainNode(tag));
        }
        assertThatThrownBy(() -> get(cluster.node("A").drainNode("D"))).hasMessageContaining("D is the last one");
        for (String tag : List.of("A", "B", "C")) {
            get(cluster.node("D").undrainNode(tag));
        }
    }

    @Test
    @Order(4)
    void shouldMoveNothingWhileSuspended() {
        // given
        get(cluster.node("C").suspendSupervisor(true));
        String victim = victim();
        Map<String, Topology.Assignment> before = topology().assignments();

        // when
        cluster.stop(victim);

        // then: longer than it takes to give its tasks away and to put its replica in rehab
        await().during(Duration.ofSeconds(5))
                .atMost(TestCluster.PATIENCE)
                .until(() -> topology().supervision().rehab().isEmpty()
                        && topology().assignments().equals(before));
        assertThat(topology().supervision().suspended()).isTrue();
        String asked = cluster.nodes().iterator().next().tag();
        get(cluster.node(asked).suspendSupervisor(false));
        assertThat(topology().supervision().suspended()).isFalse();
        eventually(() -> topology().supervision().inRehab(SHOP, 0, victim));
        cluster.start(victim);
        eventually(() -> topology().supervision().rehab().isEmpty());
    }

    /** A node that has a replica and leads neither the database nor the cluster. */
    private static String victim() {
        String leader = cluster.leader(SHOP);
        String system = cluster.systemLeader();
        return replicas().stream()
                .filter(tag -> !tag.equals(leader) && !tag.equals(system))
                .findFirst()
                .orElseThrow();
    }

    @Test
    @Order(5)
    void shouldReplaceReplicaOfLostNodeAndCloseTheFormerOneWhenItComesBack() {
        // given
        List<String> before = replicas();
        String victim = victim();
        String spare = List.of("A", "B", "C", "D").stream()
                .filter(tag -> !before.contains(tag))
                .findFirst()
                .orElseThrow();

        // when
        cluster.stop(victim);

        // then
        eventually(() -> !runsTasks(victim));
        eventually(() -> !decisions("replica to rehab").isEmpty());
        put(cluster.shard(before.get(0).equals(victim) ? before.get(1) : before.get(0), SHOP), "while-away", "{}");
        eventually(() -> replicas().contains(spare) && !replicas().contains(victim));
        assertThat(replicas()).hasSize(3);
        eventually(() -> cluster.shard(cluster.leader(SHOP), SHOP).members().equals(sorted(replicas())));
        cluster.assertReplicasEqual(SHOP, replicas());
        assertThat(topology().supervision().rehab()).isEmpty();
        assertThat(decisions("replacement for " + victim).get(0).of()).isEqualTo("shop/0 on " + spare);
        assertThat(decisions("replica replaced by " + spare).get(0).why()).isEqualTo(spare + " caught up first");

        // and the former replica goes when its node is back
        cluster.start(victim);
        eventually(() -> cluster.node(victim).shard(SHOP, 0).isEmpty());
        assertThat(cluster.shard(cluster.leader(SHOP), SHOP).members()).isEqualTo(sorted(replicas()));
    }

    private static List<String> sorted(List<String> tags) {
        return tags.stream().sorted().toList();
    }

    @Test
    @Order(6)
    void shouldComeBackFromRehabWhenThereIsNoNodeForReplacement() {
        // given
        List<String> before = replicas();
        String spare = List.of("A", "B", "C", "D").stream()
                .filter(tag -> !before.contains(tag))
                .findFirst()
                .orElseThrow();
        get(cluster.node("A").drainNode(spare));
        String victim = victim();
        int returned = decisions("replica is a member again").size();

        // when
        cluster.stop(victim);

        // then
        eventually(() -> topology().supervision().inRehab(SHOP, 0, victim));
        put(cluster.shard(cluster.leader(SHOP), SHOP), "in-rehab", "{}");
        cluster.start(victim);
        eventually(() -> topology().supervision().rehab().isEmpty());
        assertThat(decisions("replica is a member again")).hasSize(returned + 1);
        assertThat(replicas()).isEqualTo(before);
        cluster.assertReplicasEqual(SHOP, replicas());
        get(cluster.node("A").undrainNode(spare));
    }

    @Test
    @Order(7)
    void shouldTakeWipedNodeBackAsNewMember() {
        // given
        String victim = victim();
        cluster.stop(victim);
        cluster.wipe(victim);

        // when
        cluster.startJoining(victim);

        // then
        eventually(() -> cluster.node(victim).shard(SHOP, 0).isPresent());
        get(cluster.shard(victim, SHOP).fence());
        assertThat(cluster.shard(victim, SHOP).document("in-rehab")).isPresent();
        eventually(() -> cluster.shard(cluster.leader(SHOP), SHOP).members().contains(victim));
        cluster.assertReplicasEqual(SHOP, replicas());
    }
}
