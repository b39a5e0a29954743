package io.rookery.cluster;

import static io.rookery.cluster.TestCluster.eventually;
import static io.rookery.cluster.TestCluster.get;
import static io.rookery.cluster.TestCluster.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rookery.api.RookeryException;
import io.rookery.cluster.topology.Decision;
import java.nio.file.Path;
import java.util.List;
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
}
