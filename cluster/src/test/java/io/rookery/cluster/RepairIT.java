package io.rookery.cluster;

import static io.rookery.cluster.TestCluster.eventually;
import static io.rookery.cluster.TestCluster.get;
import static io.rookery.cluster.TestCluster.put;
import static io.rookery.cluster.TestCluster.transaction;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rookery.api.CommitResult;
import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import io.rookery.cluster.disk.Folders;
import io.rookery.store.DocumentStore;
import io.rookery.store.TermIndex;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A bit of a node's disk is another one than was written: found, never answered with, and mended from the others. */
class RepairIT {
    private static final int DOCUMENTS = 600;

    /** Set when a node's process would have ended: as it does when an entry or a compaction meets the damage. */
    private final AtomicBoolean ended = new AtomicBoolean();

    private final Tuning tuning = new Tuning(
            20_000, 64L << 20, 20_000, 128L << 20, 8 << 20, 600_000, 3_000, 20_000, message -> ended.set(true));

    @TempDir
    Path folder;

    private final Random random = new Random(11);

    @Test
    void shouldFindFlippedBitsAndMendThemFromTheOthers() throws IOException {
        try (TestCluster cluster = TestCluster.of(folder, tuning, "A", "B", "C")) {
            get(cluster.node("A").createDatabase("shop", 3));
            ReplicatedStore shop = cluster.shard("A", "shop");
            List<CompletableFuture<CommitResult>> writes = new ArrayList<>();
            for (int i = 0; i < DOCUMENTS; i++) {
                writes.add(shop.commit(transaction("items/" + i, "{\"noise\":\"" + noise() + "\"}")));
            }
            writes.forEach(TestCluster::get);
            cluster.assertReplicasEqual("shop");
            assertThat(scrub(cluster)).allMatch(result -> result.state() == ScrubResult.State.SOUND);

            damage(cluster, "C");
            cluster.start("C");
            Path kept;
            try {
                assertFoundAndNeverAnswered(cluster);
                kept = Path.of(get(cluster.node("A").repair("shop", 0, "C")));
            } catch (RuntimeException | AssertionError e) {
                if (!ended.get()) {
                    throw e;
                }
                cluster.stop("C"); // an operator finds a process that ended
                kept = Quarantine.take(cluster.data("C"), "shop", 0, false);
                cluster.start("C");
            }
            assertMended(cluster, kept);

            damage(cluster, "C");
            kept = Quarantine.take(cluster.data("C"), "shop", 0, false);
            cluster.start("C");
            assertMended(cluster, kept);
        }
    }

    @Test
    void shouldNotGiveUpTheOnlyReplica() {
        try (TestCluster cluster = TestCluster.of(folder, TestCluster.TUNING, "A")) {
            get(cluster.node("A").createDatabase("shop", 1));
            put(cluster.shard("A", "shop"), "only", "{}");

            assertThatThrownBy(() -> get(cluster.node("A").repair("shop", 0, "A")))
                    .hasRootCauseInstanceOf(RookeryException.class)
                    .hasMessageContaining("Expected 2 other nodes");
            assertThat(cluster.shard("A", "shop").document("only")).isPresent();
            cluster.stop("A");
            assertThatThrownBy(() -> Quarantine.take(cluster.data("A"), "shop", 0, false))
                    .isInstanceOfSatisfying(RookeryException.class, refusal -> assertThat(refusal.code())
                            .isEqualTo(ErrorCode.CONFLICT));
            cluster.start("A");
            eventually(() -> cluster.shard("A", "shop").document("only").isPresent());
        }
    }

    @Test
    void shouldNotStartWithPartOfLogNorWithTermThatIsTooOld() throws IOException {
        try (TestCluster cluster = TestCluster.of(folder, TestCluster.TUNING, "A")) {
            get(cluster.node("A").createDatabase("shop", 1));
            ReplicatedStore shop = cluster.shard("A", "shop");
            put(shop, "first", "{}");
            Path current = RaftSettings.raftFolder(cluster.data("A"))
                    .resolve(shop.definition().group().toString())
                    .resolve("current");
            Path log = openSegment(current);
            byte[] early = Files.readAllBytes(log);
            put(shop, "second", "{}");
            shop.replica().read(open -> open.flush());
            cluster.stop("A");
            byte[] whole = Files.readAllBytes(log);
            Path meta = current.resolve("raft-meta");
            byte[] newest = Files.readAllBytes(meta);

            Files.write(log, early);
            assertThatThrownBy(() -> cluster.start("A"))
                    .hasMessageContaining("but it ends at")
                    .hasMessageContaining("rookery repair --data");
            Files.write(log, whole);
            Files.writeString(meta, "term=0\nvotedFor=A\n");
            assertThatThrownBy(() -> cluster.start("A")).hasMessageContaining("in raft-meta but found 0");
            Files.write(meta, newest);
            cluster.start("A");
            eventually(() -> cluster.shard("A", "shop").document("second").isPresent());
            cluster.stop("A");

            Path closed = Folders.list(current).stream()
                    .filter(file -> file.getFileName().toString().matches("log_\\d+-\\d+"))
                    .findFirst()
                    .orElseThrow();
            Files.write(closed, early);
            assertThatThrownBy(() -> cluster.start("A"))
                    .hasMessageContaining("gap")
                    .hasMessageContaining("rookery repair --data")
                    .hasMessageContaining("--database shop --shard 0");
        }
    }

    @Test
    void shouldStartWithLeadersSnapshotAndLogThatWasNotPurgedAnyMore() throws IOException {
        try (TestCluster cluster = TestCluster.of(folder, TestCluster.TUNING, "A")) {
            get(cluster.node("A").createDatabase("shop", 1));
            ReplicatedStore shop = cluster.shard("A", "shop");
            put(shop, "first", "{}");
            Path raft = RaftSettings.raftFolder(cluster.data("A"))
                    .resolve(shop.definition().group().toString());
            Path log = openSegment(raft.resolve("current"));
            byte[] early = Files.readAllBytes(log);
            put(shop, "second", "{}");
            cluster.stop("A");

            TermIndex applied = DocumentStore.appliedIn(shop.replica().directory());
            Path snapshot = raft.resolve("sm/snapshot." + applied.term() + "_" + applied.index());
            Files.createDirectories(snapshot);
            for (Path file : Folders.list(shop.replica().directory())) {
                Files.copy(file, snapshot.resolve(file.getFileName()));
            }
            Files.write(log, early);
            cluster.start("A");
            eventually(() -> cluster.shard("A", "shop").document("second").isPresent());
        }
    }

    private static Path openSegment(Path current) {
        return Folders.list(current).stream()
                .filter(file -> file.getFileName().toString().startsWith("log_inprogress"))
                .findFirst()
                .orElseThrow();
    }

    private static List<ScrubResult> scrub(TestCluster cluster) {
        eventually(() -> get(cluster.node("A").scrub("shop")).size() == 3);
        eventually(() -> get(cluster.node("A").scrubs("shop")).stream()
                        .filter(result -> result.state() != ScrubResult.State.RUNNING)
                        .count()
                == 3);
        return get(cluster.node("A").scrubs("shop"));
    }

    private void assertFoundAndNeverAnswered(TestCluster cluster) {
        Map<String, ScrubResult.State> found =
                scrub(cluster).stream().collect(Collectors.toMap(ScrubResult::node, ScrubResult::state));
        assertThat(found)
                .containsEntry("A", ScrubResult.State.SOUND)
                .containsEntry("B", ScrubResult.State.SOUND)
                .containsEntry("C", ScrubResult.State.DAMAGED);
        ReplicatedStore damaged = cluster.shard("C", "shop");
        int refused = 0;
        for (int i = 0; i < DOCUMENTS; i++) {
            try {
                assertThat(damaged.document("items/" + i))
                        .isEqualTo(cluster.shard("A", "shop").document("items/" + i));
            } catch (RookeryException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT);
                refused++;
            }
        }
        assertThat(refused).isPositive();
        assertThat(damaged.damage()).isPresent();
        assertThatThrownBy(() -> damaged.documentsFrom("items/", null, DOCUMENTS))
                .isInstanceOf(RookeryException.class);
    }

    private static void assertMended(TestCluster cluster, Path kept) {
        assertThat(kept.resolve("raft")).isDirectory();
        assertThat(kept.resolve("shard/store")).isDirectory();
        eventually(() -> cluster.node("C")
                .shard("shop", 0)
                .map(store -> store.fence().handle((done, failure) -> failure == null))
                .map(fenced -> fenced.join() && isMember(cluster, "C"))
                .orElse(false));
        cluster.assertReplicasEqual("shop");
        assertThat(cluster.shard("C", "shop").documentsFrom("items/", null, DOCUMENTS))
                .isEqualTo(cluster.shard("A", "shop").documentsFrom("items/", null, DOCUMENTS));
        assertThat(scrub(cluster)).allMatch(result -> result.state() == ScrubResult.State.SOUND);
    }

    private static boolean isMember(TestCluster cluster, String tag) {
        return cluster.shard("A", "shop").members().contains(tag);
    }

    /** Stops the node, and flips a bit in the greatest table of its store. */
    private static void damage(TestCluster cluster, String tag) throws IOException {
        ReplicatedStore store = cluster.shard(tag, "shop");
        TermIndex flushed = store.replica().read(open -> open.flush());
        assertThat(flushed.index()).isPositive();
        Path directory = store.replica().directory();
        cluster.stop(tag);
        Path table = Folders.list(directory).stream()
                .filter(file -> file.toString().endsWith(".sst"))
                .max(Comparator.comparingLong(file -> file.toFile().length()))
                .orElseThrow();
        byte[] bytes = Files.readAllBytes(table);
        bytes[4_000] ^= 0x10;
        Files.delete(table); // snapshots are links to it
        Files.write(table, bytes);
    }

    private String noise() {
        byte[] noise = new byte[300];
        random.nextBytes(noise);
        return Base64.getEncoder().encodeToString(noise);
    }
}
