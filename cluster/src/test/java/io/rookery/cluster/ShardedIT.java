package io.rookery.cluster;

import static io.rookery.cluster.TestCluster.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.rookery.api.Document;
import io.rookery.cluster.topology.ShardMove;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A database of three shards, each on one of three nodes. */
final class ShardedIT {
    @Test
    void shouldReachAndMoveShardsFromAnyNode(@TempDir Path folder) {
        try (TestCluster cluster = TestCluster.of(folder, TestCluster.TUNING, "A", "B", "C")) {
            get(cluster.node("C").createDatabase("wide", 3, 3));
            get(cluster.node("A").createDatabase("thin", 1, 3));
            get(cluster.node("B").createDatabase("shop", 1, 3));
            List<String> ids =
                    IntStream.range(0, 60).mapToObj(i -> "items/" + i).toList();
            for (ClusterNode node : cluster.nodes()) {
                await().atMost(TestCluster.PATIENCE)
                        .until(() -> node.database("shop").isPresent());
            }
            for (int i = 0; i < ids.size(); i++) {
                ClusterNode node = cluster.node(List.of("A", "B", "C").get(i % 3));
                String id = ids.get(i);
                get(node.database("shop").orElseThrow().of(id).commit(TestCluster.transaction(id, "{}")));
            }
            assertAllFound(cluster, ids);

            String from = nodesOf(cluster, 0).get(0);
            String to = from.equals("A") ? "B" : "A";
            AtomicBoolean done = new AtomicBoolean();
            List<CompletableFuture<Integer>> clients = cluster.nodes().stream()
                    .map(node -> CompletableFuture.supplyAsync(() -> load(node, done)))
                    .toList();
            get(cluster.node("C").moveShard(new ShardMove("shop", 0, from, to)));
            get(cluster.node("C").moveShard(new ShardMove("shop", 0, to, from)));
            get(cluster.node("C").moveShard(new ShardMove("shop", 0, from, to)));
            done.set(true);
            for (CompletableFuture<Integer> client : clients) {
                assertThat(get(client)).isPositive(); // and nothing was refused
            }

            assertThat(nodesOf(cluster, 0)).containsExactly(to);
            assertThat(cluster.node(to).shard("shop", 0)).isPresent();
            await().atMost(TestCluster.PATIENCE)
                    .until(() -> cluster.node(from).shard("shop", 0).isEmpty());
            assertAllFound(cluster, ids);
        }
    }

    /** Writes documents and reads each back at once, until told to end. */
    private static int load(ClusterNode node, AtomicBoolean done) {
        int written = 0;
        while (!done.get()) {
            String id = "load/" + node.tag() + "/" + written++;
            ShardedDatabase shop = node.database("shop").orElseThrow();
            get(shop.of(id).commit(TestCluster.transaction(id, "{}")));
            assertThat(get(shop.documents(Consistency.LINEARIZABLE, List.of(id)))
                            .value()
                            .get(0))
                    .isPresent();
        }
        return written;
    }

    private static List<String> nodesOf(TestCluster cluster, int shard) {
        return cluster.node("C")
                .topology()
                .databases()
                .get("shop")
                .shards()
                .get(shard)
                .nodes();
    }

    private static void assertAllFound(TestCluster cluster, List<String> ids) {
        for (ClusterNode node : cluster.nodes()) {
            List<Optional<Document>> found = get(node.database("shop")
                            .orElseThrow()
                            .documents(Consistency.LINEARIZABLE, ids))
                    .value();
            assertThat(found).hasSize(ids.size()).allMatch(Optional::isPresent);
        }
    }
}
