package io.rookery.cluster;

import static io.rookery.cluster.TestCluster.PATIENCE;
import static io.rookery.cluster.TestCluster.eventually;
import static io.rookery.cluster.TestCluster.get;
import static io.rookery.cluster.TestCluster.put;
import static io.rookery.cluster.TestCluster.transaction;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.rookery.api.ChangeVector;
import io.rookery.api.CommitResult;
import io.rookery.api.ErrorCode;
import io.rookery.api.Json;
import io.rookery.api.RookeryException;
import io.rookery.api.Transaction;
import io.rookery.api.Write;
import io.rookery.cluster.disk.Folders;
import io.rookery.cluster.topology.Topology;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
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

    @Test
    @Order(4)
    void shouldGiveConflictWhenExpectedVersionIsStale() {
        // given
        ReplicatedStore follower = cluster.shard(followerOf("shop"), "shop");
        put(follower, "items/conflict", "{}");
        Write stale = new Write.PutDocument("items/conflict", "Items", Json.parse("{}"), ChangeVector.NONE);

        // when, then
        assertThatThrownBy(() -> get(follower.commit(Transaction.of(List.of(stale), 1))))
                .hasRootCauseInstanceOf(RookeryException.class)
                .hasMessageContaining("Expected no version of items/conflict but found change vector A:");
    }

    @Test
    @Order(5)
    void shouldTakeDocumentOfSixteenMegabytesThroughFollower() {
        // given
        String body = "{\"text\":\"" + "x".repeat(8_000_000) + "\",\"more\":\"" + "y".repeat(8_000_000) + "\"}";
        ReplicatedStore follower = cluster.shard(followerOf("shop"), "shop");

        // when
        CommitResult result = put(follower, "items/big", body);

        // then
        get(follower.applied(result.index()));
        assertThat(follower.document("items/big").orElseThrow().body().size()).isEqualTo(body.length());
    }

    @Test
    @Order(6)
    void shouldAnswerQuestionsOfOtherNodes() {
        // given
        cluster.node("B").messenger().handle("echo", question -> CompletableFuture.completedFuture(question));
        cluster.node("B")
                .messenger()
                .handle(
                        "refuse",
                        question -> CompletableFuture.failedFuture(
                                new RookeryException(ErrorCode.NOT_FOUND, "no such thing")));

        // when
        byte[] answer = get(cluster.node("A").messenger().ask("B", "echo", new byte[] {1, 2, 3}));

        // then
        assertThat(answer).containsExactly(1, 2, 3);
        assertThatThrownBy(() -> get(cluster.node("C").messenger().ask("B", "refuse", new byte[0])))
                .hasMessageContaining("no such thing");
    }

    @Test
    @Order(7)
    void shouldMoveTaskUnitWithHigherEpochWhenItsNodeDies() {
        // given
        ReplicatedStore system = cluster.node("A").system();
        for (int i = 0; i < 6; i++) {
            Json task = Json.of(Map.of("unit", "unit-" + i, "enabled", true));
            get(system.commit(Transaction.of(List.of(new Write.PutDocument("tasks/t" + i, "@tasks", task, null)), 1)));
        }
        eventually(() -> cluster.node("A").topology().assignments().size() == 6);
        String victim = cluster.systemLeader();
        Map<String, Topology.Assignment> before =
                cluster.node(victim).topology().assignments();
        assertThat(before.values()).extracting(Topology.Assignment::node).contains("A", "B", "C");

        // when
        cluster.stop(victim);

        // then
        ClusterNode survivor = cluster.nodes().iterator().next();
        eventually(() -> survivor.topology().assignments().values().stream()
                .noneMatch(assignment -> assignment.node().equals(victim)));
        survivor.topology().assignments().forEach((unit, assignment) -> {
            boolean moved = before.get(unit).node().equals(victim);
            assertThat(assignment.epoch()).isEqualTo(before.get(unit).epoch() + (moved ? 1 : 0));
        });
        put(cluster.shard(survivor.tag(), "shop"), "items/after", "{\"without\":\"" + victim + "\"}");
        cluster.start(victim);
        get(cluster.shard(victim, "shop").fence());
        assertThat(cluster.shard(victim, "shop").document("items/after")).isPresent();
    }

    @Test
    @Order(8)
    void shouldLoseNothingAcknowledgedWhenLeadersAreLost() {
        for (int round = 0; round < 2; round++) {
            // given
            String leader = cluster.leader("shop");
            String writer = followerOf("shop");
            List<CompletableFuture<CommitResult>> writes = new ArrayList<>();
            ReplicatedStore store = cluster.shard(writer, "shop");
            for (int i = 0; i < 2_000; i++) {
                writes.add(store.commit(transaction("kill/" + round + "/" + i, "{\"i\":" + i + "}")));
                if (i == 1_000) {
                    get(writes.get(200));
                    // when
                    cluster.stop(leader);
                }
            }

            // then
            List<String> acknowledged = new ArrayList<>();
            for (int i = 0; i < writes.size(); i++) {
                String id = "kill/" + round + "/" + i;
                writes.get(i)
                        .handle((done, failure) -> done != null && acknowledged.add(id))
                        .join();
            }
            get(store.fence());
            assertThat(acknowledged).hasSizeGreaterThan(1_000).allMatch(id -> store.document(id)
                    .isPresent());
            cluster.start(leader);
            cluster.assertReplicasEqual("shop");
        }
    }

    @Test
    @Order(9)
    void shouldHaveEverythingAfterRestartOfAllNodes() {
        // given
        long documents =
                cluster.shard("A", "shop").documentsFrom("kill/", null, 10_000).size();

        // when
        List.of("A", "B", "C").forEach(cluster::stop);
        List.of("A", "B", "C").forEach(cluster::start);

        // then
        for (String tag : List.of("A", "B", "C")) {
            get(cluster.shard(tag, "shop").fence());
            assertThat(cluster.shard(tag, "shop").documentsFrom("kill/", null, 10_000))
                    .hasSize((int) documents);
        }
        cluster.assertReplicasEqual("shop");
    }

    @Test
    @Order(10)
    void shouldDeleteDatabaseOnEveryNode() {
        // given
        get(cluster.node("B").createDatabase("passing", 2));
        assertThat(cluster.node("B")
                        .topology()
                        .databases()
                        .get("passing")
                        .shards()
                        .get(0)
                        .nodes())
                .hasSize(2);

        // when
        get(cluster.node("C").deleteDatabase("passing"));

        // then
        for (String tag : List.of("A", "B", "C")) {
            eventually(() -> cluster.node(tag).shard("passing", 0).isEmpty()
                    && Folders.list(cluster.data(tag).resolve("shards")).size() == 2);
        }
    }

    @Test
    @Order(11)
    void shouldRemoveNodeAndGoOnWithoutIt() {
        // when
        get(cluster.node("A").removeNode("C"));

        // then
        assertThat(cluster.node("A").topology().nodes()).containsOnlyKeys("A", "B");
        cluster.stop("C");
        put(cluster.shard("B", "shop"), "items/two", "{}");
        cluster.assertReplicasEqual("shop");
    }

    @Test
    @Order(12)
    void shouldRefuseLinearizableReadsAndWritesWithoutMajorityUnlessFenceIsOff() {
        // given
        String left = cluster.leader("shop");
        ReplicatedStore store = cluster.shard(left, "shop");
        get(store.fence());

        // when
        cluster.stop(left.equals("A") ? "B" : "A");

        // then
        eventually(
                () -> store.fence().handle((done, failure) -> failure != null).join());
        assertThatThrownBy(() -> get(store.fence()))
                .cause()
                .isInstanceOfSatisfying(RookeryException.class, failure -> assertThat(failure.code())
                        .isEqualTo(ErrorCode.NO_LEADER));
        System.setProperty(ReadFence.SWITCH, "off");
        try {
            assertThat(store.fence()).isCompleted();
        } finally {
            System.clearProperty(ReadFence.SWITCH);
        }
        assertThatThrownBy(() -> put(store, "items/alone", "{}"))
                .cause()
                .isInstanceOfSatisfying(
                        RookeryException.class,
                        failure -> assertThat(failure.code().type().retryable()).isTrue());
        assertThat(store.document("items/1")).isPresent();
    }

    private static String followerOf(String database) {
        String leader = cluster.leader(database);
        return cluster.nodes().stream()
                .map(ClusterNode::tag)
                .filter(tag -> !tag.equals(leader))
                .findFirst()
                .orElseThrow();
    }
}
