package io.rookery.cluster;

import static io.rookery.cluster.TestCluster.eventually;
import static io.rookery.cluster.TestCluster.get;
import static io.rookery.cluster.TestCluster.put;
import static io.rookery.cluster.TestCluster.transaction;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.rookery.api.CommitResult;
import io.rookery.cluster.disk.Folders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
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

    @Test
    void shouldInstallSnapshotAfterItWasKilledInTheMiddleOfSeveral() {
        try (TestCluster cluster = TestCluster.of(folder, TestCluster.SMALL_LOG, "A", "B", "C")) {
            get(cluster.node("A").createDatabase("shop", 3));
            put(cluster.shard("C", "shop"), "first", "{}");
            Path raft = cluster.data("C")
                    .resolve("raft")
                    .resolve(cluster.shard("C", "shop").definition().group().toString());
            cluster.stop("C");
            List<Path> before = Folders.list(raft.resolve("sm"));
            fillBig(cluster.shard("A", "shop"), "killed");
            expectPurged(cluster, "shop");

            for (int kill = 1; kill <= 3; kill++) {
                List<Path> leftovers = Folders.list(raft.resolve("tmp"));
                try (NodeProcess node = NodeProcess.start("C", cluster.data("C"), cluster.raft("C"))) {
                    await().pollDelay(Duration.ZERO)
                            .pollInterval(Duration.ofMillis(2))
                            .atMost(TestCluster.PATIENCE)
                            .until(() -> received(raft, leftovers) > 0);
                    assertThat(node.isAlive()).isTrue();
                }
                assertThat(received(raft, leftovers))
                        .as("kill %d was in the middle of an install", kill)
                        .isPositive();
                assertThat(Folders.list(raft.resolve("sm")))
                        .as("kill %d was before its end", kill)
                        .isEqualTo(before);
            }

            cluster.start("C");
            assertReads(cluster, "C", "killed");
            cluster.assertReplicasEqual("shop");
            assertThat(Folders.list(raft.resolve("tmp")))
                    .as("nothing is left of the others")
                    .isEmpty();
        }
    }

    @Test
    void shouldPurgeLogByItsBytesWhereEntriesAreFewAndBig() {
        Tuning bytes = new Tuning(20_000, 1 << 20, 20_000, 2 << 20, 1 << 20, 1_000, 3_000, 20_000, message -> {});
        try (TestCluster cluster = TestCluster.of(folder, bytes, "A")) {
            get(cluster.node("A").createDatabase("shop", 1));
            String body = "{\"pad\":\"" + "x".repeat(200_000) + "\"}";
            for (int i = 0; i < 150; i++) {
                put(cluster.shard("A", "shop"), "big/" + i, body);
            }
            expectPurged(cluster, "shop", List.of("A"), 50);
        }
    }

    /** Bytes of a snapshot that is on its way, and not of one that was. */
    private static long received(Path raft, List<Path> leftovers) {
        try (Stream<Path> files = Files.walk(raft.resolve("tmp"))) {
            return files.filter(file -> file.toString().contains("snapshot."))
                    .filter(file -> leftovers.stream().noneMatch(file::startsWith))
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        } catch (IOException | UncheckedIOException e) {
            return 0; // it is just being made or moved
        }
    }

    private static void fillBig(ReplicatedStore store, String prefix) {
        Random random = new Random(3);
        byte[] noise = new byte[60_000];
        List<CompletableFuture<CommitResult>> writes = new ArrayList<>();
        for (int i = 0; i < 800; i++) {
            random.nextBytes(noise);
            String body = "{\"pad\":\"" + Base64.getEncoder().encodeToString(noise) + "\"}";
            writes.add(store.commit(transaction(prefix + "/" + i, body)));
            get(writes.get(Math.max(0, i - 8)));
        }
        writes.forEach(TestCluster::get);
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
        expectPurged(cluster, database, List.of("A", "B"), 100);
    }

    private static void expectPurged(TestCluster cluster, String database, List<String> tags, long behind) {
        for (String tag : tags) {
            eventually(() -> {
                put(cluster.shard("A", database), "nudge/" + System.nanoTime(), "{}");
                return cluster.shard(tag, database)
                                .division()
                                .orElseThrow()
                                .getRaftLog()
                                .getStartIndex()
                        > behind;
            });
        }
    }
}
