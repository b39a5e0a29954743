package io.rookery.cluster;

import static io.rookery.cluster.TestCluster.PATIENCE;
import static io.rookery.cluster.TestCluster.get;
import static io.rookery.cluster.TestCluster.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.rookery.api.ChangeVector;
import io.rookery.api.CommitResult;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** One cluster's life, in order: founded alone, grown to three, its leader lost, restarted. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ClusterIT {
    @TempDir
    static Path folder;

    private static TestCluster cluster;

    @BeforeAll
    static void found() {
        cluster = new TestCluster(folder, TestCluster.TUNING);
        cluster.start("A");
    }

    @AfterAll
    static void close() {
        cluster.close();
    }

    @Test
    @Order(1)
    void shouldTakeWritesWhenFoundedAlone() {
        // given
        ClusterNode alone = cluster.node("A");
        get(alone.createDatabase("shop", 3));

        // when
        CommitResult result = put(cluster.shard("A", "shop"), "items/1", "{\"n\":1}");

        // then
        assertThat(alone.clusterId()).isPresent();
        assertThat(alone.topology().nodes()).containsOnlyKeys("A");
        assertThat(result.changeVectors()).containsExactly(new ChangeVector("A", 1));
        assertThat(cluster.shard("A", "shop").document("items/1")).isPresent();
        assertThat(cluster.shard("A", "shop").status().role()).isEqualTo("LEADER");
    }

    @Test
    @Order(2)
    void shouldGrowDatabaseToThreeReplicasWhenNodesJoin() {
        // when
        cluster.start("B");
        cluster.join("B", "A");
        cluster.start("C");
        cluster.join("C", "B");

        // then
        await().atMost(PATIENCE)
                .until(() -> cluster.node("A")
                                .topology()
                                .databases()
                                .get("shop")
                                .shards()
                                .get(0)
                                .nodes()
                                .size()
                        == 3);
    }

    @Test
    @Order(3)
    void shouldServeWritesAndLinearizableReadsOnEveryNode() {
        for (int round = 0; round < 20; round++) {
            for (String writer : List.of("A", "B", "C")) {
                // when
                String id = "spread/" + writer + round;
                put(cluster.shard(writer, "shop"), id, "{\"round\":" + round + "}");

                // then
                for (String reader : List.of("A", "B", "C")) {
                    get(cluster.shard(reader, "shop").fence());
                    assertThat(cluster.shard(reader, "shop").document(id))
                            .describedAs(writer + reader)
                            .isPresent();
                }
            }
        }
        cluster.assertReplicasEqual("shop");
    }
}
