package io.rookery.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.rookery.server.blackbox.Answer;
import io.rookery.server.blackbox.Api;
import io.rookery.server.blackbox.Nodes;
import io.rookery.server.process.ServerProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On how many of three processes a transaction is applied when it is answered, and where clients find them. */
final class AssuranceIT {
    private static final String DOCS = "/databases/assured/docs";
    private static final String BULK = "/databases/assured/bulk_docs";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private static Path folder;

    private static Nodes nodes;

    @BeforeAll
    static void start() {
        nodes = Nodes.start(folder, 3).withDatabase("assured", 3);
    }

    @AfterAll
    static void end() {
        nodes.close();
    }

    private static String put(String id, int n) {
        return "{\"Commands\":[{\"Type\":\"PUT\",\"Id\":\"%s\",\"Document\":{\"n\":%d}}]}".formatted(id, n);
    }

    private static Map<?, ?> assurance(Answer answer) {
        return (Map<?, ?>) answer.json().get("Assurance");
    }

    @Test
    void shouldBeAppliedEverywhereWhenAllAreWaitedFor() {
        for (int i = 0; i < 20; i++) {
            Answer done = nodes.api(i % 3)
                    .post(BULK + "?numberOfReplicasToWaitFor=all&waitForReplicasTimeout=00:00:30", put("all", i));
            assertThat(done.status()).as(done.toString()).isEqualTo(201);
            assertThat(assurance(done).get("Assured")).isEqualTo(true);
            assertThat(assurance(done).get("Applied")).isEqualTo(3L);
            for (int node = 0; node < 3; node++) {
                assertThat(nodes.api(node)
                                .get(DOCS + "?id=all&consistency=local")
                                .document())
                        .containsEntry("n", (long) i);
            }
        }
    }

    @Test
    void shouldDrainDemoteAndSuspendThroughAnyNode() {
        // given
        String tag = nodes.awaitLeader("assured").tag();

        // when
        Answer drained = nodes.api(1).post("/cluster/nodes/" + tag + "/drain", "");
        Answer demoted = nodes.api(2).post("/cluster/nodes/" + tag + "/demote", "");
        Answer suspended = nodes.api(0).post("/cluster/supervisor/suspend", "");

        // then
        assertThat(drained.json()).containsEntry("drained", true);
        assertThat(demoted.json()).containsEntry("watcher", true);
        assertThat(suspended.json()).containsEntry("suspended", true);
        await().atMost(PATIENCE).until(() -> firstOfTopology() != null && !tag.equals(firstOfTopology()));
        await().atMost(PATIENCE)
                .until(() ->
                        nodes.api(0).get("/cluster").json().get("supervisor").equals("suspended"));
        assertThat(nodes.api(0).get("/cluster").list("nodes"))
                .anyMatch(node -> tag.equals(node.get("tag")) && Boolean.TRUE.equals(node.get("drained")));
        await().atMost(PATIENCE).until(() -> clusterRole(tag).equals("Watcher"));
        assertThat(nodes.api(0).get("/cluster/supervisor").list("decisions"))
                .extracting(decision -> decision.get("what"))
                .contains("node drained", "node demoted", "supervisor suspended");
        assertThat(nodes.api(0).post("/cluster/nodes/Z/drain", "").status()).isEqualTo(404);
        for (String undo : List.of("nodes/" + tag + "/undrain", "nodes/" + tag + "/promote", "supervisor/resume")) {
            assertThat(nodes.api(0).post("/cluster/" + undo, "").status()).isEqualTo(200);
        }
    }

    private static Object firstOfTopology() {
        List<Map<String, Object>> found =
                nodes.api(0).get("/topology?name=assured").list("Nodes");
        return found.isEmpty() ? null : found.get(0).get("ClusterTag");
    }

    private static Object clusterRole(String tag) {
        return nodes.api(0).get("/cluster").list("nodes").stream()
                .filter(node -> tag.equals(node.get("tag")))
                .map(node -> node.get("role"))
                .findFirst()
                .orElse("none");
    }

    @Test
    void shouldSayThatTheWriteIsDoneWhenAMemberDoesNotFollow() {
        ServerProcess leader = nodes.awaitLeader("assured");
        ServerProcess silent = nodes.all().stream()
                .filter(node -> !node.tag().equals(leader.tag()))
                .findFirst()
                .orElseThrow();
        Api api = new Api(leader.url());
        silent.freeze();
        try {
            String all = BULK + "?numberOfReplicasToWaitFor=2&waitForReplicasTimeout=2s";
            Answer missed = api.post(all, put("missed", 1), "Idempotency-Key", "missed");
            assertThat(missed.status()).as(missed.toString()).isEqualTo(500);
            assertThat(missed.text("code")).isEqualTo("NOT_ASSURED");
            assertThat(missed.text("outcome")).isEqualTo("applied");
            assertThat(missed.text("message")).contains("3 of 3", "found 2");
            assertThat(missed.list("Results").get(0)).containsEntry("@id", "missed");
            assertThat(missed.header("Raft-Index")).isNotNull();
            assertThat(missed.header("Retry-After")).isNull();
            assertThat(api.get(DOCS + "?id=missed").document()).containsEntry("n", 1L);

            Answer told = api.post(all + "&throwOnTimeoutInWaitForReplicas=false", put("told", 1));
            assertThat(told.status()).as(told.toString()).isEqualTo(201);
            assertThat(assurance(told).get("Assured")).isEqualTo(false);

            for (String floor : List.of("majority", "1", "0")) {
                Answer done = api.post(
                        BULK + "?waitForReplicasTimeout=00:00:30&numberOfReplicasToWaitFor=" + floor, put("floor", 1));
                assertThat(done.status()).as(floor + " " + done).isEqualTo(201);
            }
        } finally {
            silent.thaw();
        }
        Answer again = api.post(
                BULK + "?numberOfReplicasToWaitFor=all&waitForReplicasTimeout=60s",
                put("missed", 1),
                "Idempotency-Key",
                "missed");
        assertThat(again.status()).as(again.toString()).isEqualTo(201);
        assertThat(again.header("Idempotency-Repeated")).isEqualTo("true");
    }

    @Test
    void shouldTellClientsWhereTheDatabaseIs() {
        ServerProcess leader = nodes.awaitLeader("assured");
        await().atMost(PATIENCE).untilAsserted(() -> {
            for (int i = 0; i < 3; i++) {
                Answer topology = nodes.api(i).get("/topology?name=assured");
                assertThat(topology.status()).as(topology.toString()).isEqualTo(200);
                assertThat(topology.number("Etag")).isPositive();
                assertThat(topology.list("Nodes")).hasSize(3).allSatisfy(node -> assertThat(node)
                        .containsEntry("ServerRole", "Member")
                        .containsEntry("Database", "assured"));
                assertThat(topology.list("Nodes").get(0))
                        .containsEntry("ClusterTag", leader.tag())
                        .containsEntry("Url", leader.url());
                Answer cluster = nodes.api(i).get("/cluster/topology");
                assertThat(cluster.json())
                        .containsEntry("NodeTag", nodes.all().get(i).tag());
                assertThat(((Map<?, ?>) cluster.json().get("Topology")).get("Members"))
                        .isEqualTo(Map.of(
                                "A", nodes.node("A").url(),
                                "B", nodes.node("B").url(),
                                "C", nodes.node("C").url()));
            }
        });
        Answer missing = nodes.api(0).get("/topology?name=none");
        assertThat(missing.status()).isEqualTo(503);
        assertThat(missing.header("Database-Missing")).isNotNull();
    }
}
