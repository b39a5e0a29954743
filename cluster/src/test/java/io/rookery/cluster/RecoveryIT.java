package io.rookery.cluster;

import static io.rookery.cluster.TestCluster.eventually;
import static io.rookery.cluster.TestCluster.get;
import static io.rookery.cluster.TestCluster.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rookery.api.RookeryException;
import io.rookery.cluster.disk.Folders;
import io.rookery.cluster.topology.Decision;
import io.rookery.cluster.topology.SystemState;
import io.rookery.cluster.topology.Topology;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One of two nodes is lost for good, and with it the majority: the other becomes a cluster of its own, with what it had, and grows again. */
class RecoveryIT {
    @TempDir
    Path folder;

    @Test
    void shouldMakeSurvivorAClusterOfItsOwnThatGrowsAgain() {
        try (TestCluster cluster = TestCluster.of(folder, TestCluster.TUNING, "A", "B")) {
            // given
            get(cluster.node("A").createDatabase("shop", 2));
            get(cluster.node("A").createDatabase("elsewhere", 1));
            String stale = cluster.node("A")
                    .topology()
                    .databases()
                    .get("elsewhere")
                    .shards()
                    .get(0)
                    .nodes()
                    .get(0);
            String survivor = stale.equals("B") ? "A" : "B";
            for (int i = 0; i < 50; i++) {
                put(cluster.shard("A", "shop"), "before/" + i, "{}");
            }
            get(cluster.shard(survivor, "shop").fence());
            String founded = cluster.node(survivor).foundingId().orElseThrow();
            String former = cluster.node(survivor).clusterId().orElseThrow();
            cluster.stop(stale);
            cluster.stop(survivor);

            // when
            Recovery recovery = new Recovery(cluster.data(survivor), survivor);
            assertThat(recovery.look())
                    .extracting(Recovery.Found::database)
                    .containsExactlyInAnyOrder("@system", "shop");
            assertThat(recovery.look()).allMatch(found -> found.members().equals(List.of("A", "B")));
            assertThatThrownBy(() -> new Recovery(cluster.data(survivor), "Z").look())
                    .isInstanceOf(RookeryException.class)
                    .hasMessageContaining("Expected node Z among the members");
            recovery.carryOut();
            new Recovery(cluster.data(survivor), survivor).carryOut(); // interrupted and repeated
            ClusterNode node = cluster.start(survivor);

            // then
            assertThat(node.topology().nodes()).containsOnlyKeys(survivor);
            assertThat(node.topology().databases()).containsOnlyKeys("shop");
            assertThat(node.foundingId()).contains(founded);
            assertThat(node.clusterId()).isPresent().get().isNotEqualTo(former);
            get(cluster.shard(survivor, "shop").fence());
            assertThat(cluster.shard(survivor, "shop").documentsFrom("before/", null, 100))
                    .hasSize(50);
            put(cluster.shard(survivor, "shop"), "after", "{}");
            assertThat(node.decisions()).extracting(Decision::what).contains("cluster recovered", "database lost");

            // what is left of the former cluster is not taken in, and cannot harm
            cluster.start(stale);
            assertThatThrownBy(() -> cluster.join(stale, survivor)).hasMessageContaining("in no cluster or this one");
            put(cluster.shard(survivor, "shop"), "beside", "{}");
            cluster.stop(stale);

            // a wiped one is
            cluster.wipe(stale);
            cluster.startJoining(stale);
            cluster.join(stale, survivor);
            eventually(() -> cluster.node(stale).shard("shop", 0).isPresent());
            get(cluster.shard(stale, "shop").fence());
            assertThat(cluster.shard(stale, "shop").document("beside")).isPresent();
            cluster.assertReplicasEqual("shop");
            cluster.stop(survivor);
            cluster.start(survivor);
            get(cluster.shard(survivor, "shop").fence());
            assertThat(cluster.shard(survivor, "shop").document("after")).isPresent();
        }
    }

    @Test
    void shouldGoOnWithASplitThatWasUnderWay() {
        try (TestCluster cluster = TestCluster.of(folder, TestCluster.TUNING, "A", "B", "C")) {
            // given
            get(cluster.node("A").createDatabase("shop", 2));
            eventually(() -> isOnTwo(cluster.node("A")));
            List<String> nodes = cluster.node("A")
                    .topology()
                    .databases()
                    .get("shop")
                    .shards()
                    .get(0)
                    .nodes();
            String none = Stream.of("A", "B", "C")
                    .filter(tag -> !nodes.contains(tag))
                    .findFirst()
                    .orElseThrow();
            for (int i = 0; i < 50; i++) {
                put(cluster.shard(nodes.get(0), "shop"), "before/" + i, "{}");
            }
            UUID group = UUID.randomUUID();
            beginSplit(cluster, group, List.of(nodes.get(0), none)); // where it has no replica it never begins
            Path begun = RaftSettings.raftFolder(cluster.data(nodes.get(0))).resolve(group.toString());
            eventually(() -> Files.exists(begun)
                    && nodes.stream()
                            .allMatch(tag -> cluster.shard(tag, "shop").splits().count() == 1));
            Stream.of("A", "B", "C").forEach(cluster::stop);

            // when, then: where the new shard has begun, and where there is only what it begins with
            nodes.forEach(survivor -> assertSplitIsFinished(cluster, survivor, group));
        }
    }

    private static boolean isOnTwo(ClusterNode node) {
        return node.topology().databases().containsKey("shop")
                && node.shard("shop", 0)
                        .map(shard -> shard.members().size() == 2)
                        .orElse(node.database("shop").isPresent());
    }

    private static void beginSplit(TestCluster cluster, UUID group, List<String> on) {
        ReplicatedStore system = cluster.node(cluster.systemLeader()).system();
        SystemState.Base base = SystemState.read(system).databases().get("shop");
        List<Integer> half = base.database().slots().half(0).orElseThrow();
        Topology.Splitting split = new Topology.Splitting(0, 1, group.toString(), half.get(0), half.get(1), on);
        Reconciler.commit(
                system, SystemState.put(base.database().with(Optional.of(split)), base.made(), base.version()));
    }

    private static void assertSplitIsFinished(TestCluster cluster, String survivor, UUID split) {
        List<UUID> former = new ArrayList<>(groups(cluster.data(survivor)));
        former.add(split); // what is left of the former cluster may have begun it
        new Recovery(cluster.data(survivor), survivor).carryOut();
        ClusterNode node = cluster.start(survivor);
        eventually(() -> node.topology().databases().get("shop").splitting().isEmpty()
                && node.shard("shop", 1).isPresent());
        assertThat(groups(cluster.data(survivor))).hasSize(3).doesNotContainAnyElementsOf(former);
        ShardedDatabase shop = node.database("shop").orElseThrow();
        List<String> ids = IntStream.range(0, 50).mapToObj(i -> "before/" + i).toList();
        assertThat(get(shop.documents(Consistency.LINEARIZABLE, ids)).value()).allMatch(Optional::isPresent);
        ids.forEach(id -> get(shop.of(id).commit(TestCluster.transaction(id, "{\"after\":1}"))));
        assertThat(ids).extracting(shop.definition().slots()::shardOf).contains(0, 1);
        cluster.stop(survivor);
    }

    private static List<UUID> groups(Path data) {
        return Folders.list(RaftSettings.raftFolder(data)).stream()
                .map(folder -> UUID.fromString(folder.getFileName().toString()))
                .toList();
    }
}
