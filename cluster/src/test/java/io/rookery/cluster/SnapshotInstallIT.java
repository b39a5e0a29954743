package io.rookery.cluster;

import static io.rookery.cluster.TestCluster.eventually;
import static io.rookery.cluster.TestCluster.get;
import static io.rookery.cluster.TestCluster.put;
import static io.rookery.cluster.TestCluster.transaction;
import static org.assertj.core.api.Assertions.assertThat;

import io.rookery.api.CommitResult;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node that has missed more than the log still holds gets the leader's checkpoint, and serves from it. */
class SnapshotInstallIT {
    @TempDir
    Path folder;

    @Test
    void shouldInstallSnapshotOnLateAndOnWipedNode() {
        try (TestCluster cluster = TestCluster.of(folder, TestCluster.SMALL_LOG, "A", "B", "C")) {
            get(cluster.node("A").createDatabase("shop", 3));
            put(cluster.shard("C", "shop"), "first", "{}");

            // a node that comes back late
            cluster.stop("C");
            fill(cluster.shard("A", "shop"), "late", 1_500);
            expectPurged(cluster, "shop");
            cluster.start("C");
            assertReads(cluster, "C", "late");
            cluster.assertReplicasEqual("shop");

            // and after its restart, from the store that the snapshot left
            cluster.stop("C");
            cluster.start("C");
            assertReads(cluster, "C", "late");

            // a node whose disk was replaced joins as a new member
            cluster.stop("C");
            cluster.wipe("C");
            fill(cluster.shard("A", "shop"), "wiped", 800);
            cluster.startJoining("C");
            eventually(() -> cluster.node("C").shard("shop", 0).isPresent());
            assertReads(cluster, "C", "wiped");
            put(cluster.shard("C", "shop"), "last", "{}");
            cluster.assertReplicasEqual("shop");
        }
    }

    private static void assertReads(TestCluster cluster, String tag, String prefix) {
        // the leader looks for a node that was away only every few seconds
        eventually(() -> cluster.shard(tag, "shop")
                .fence()
                .handle((done, failure) -> failure == null)
                .join());
        assertThat(cluster.shard(tag, "shop").document(prefix + "/0")).isPresent();
        assertThat(cluster.shard(tag, "shop").document(prefix + "/799")).isPresent();
        assertThat(cluster.shard(tag, "shop").document("first")).isPresent();
    }

    /** One entry for each: they are sent one after the other. */
    private static void fill(ReplicatedStore store, String prefix, int count) {
        List<CompletableFuture<CommitResult>> writes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            writes.add(store.commit(transaction(prefix + "/" + i, "{\"pad\":\"" + "x".repeat(1_000) + "\"}")));
            if (i % 2 == 1) {
                get(writes.get(i));
            }
        }
        writes.forEach(TestCluster::get);
    }

    /** Otherwise the test would pass by replaying the log. */
    private static void expectPurged(TestCluster cluster, String database) {
        for (String tag : List.of("A", "B")) {
            eventually(() -> {
                put(cluster.shard("A", database), "nudge/" + System.nanoTime(), "{}");
                return cluster.shard(tag, database)
                                .division()
                                .orElseThrow()
                                .getRaftLog()
                                .getStartIndex()
                        > 100;
            });
        }
    }
}
