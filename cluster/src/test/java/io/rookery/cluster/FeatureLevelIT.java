package io.rookery.cluster;

import static io.rookery.cluster.TestCluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rookery.api.CommitResult;
import io.rookery.api.Due;
import io.rookery.api.ErrorCode;
import io.rookery.api.Json;
import io.rookery.api.RookeryException;
import io.rookery.api.Transaction;
import io.rookery.api.Write;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.server.raftlog.RaftLog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cluster whose nodes are replaced by a newer release one after the other. */
class FeatureLevelIT {
    private static final String ENTRIES = "entries.json";
    /** Long enough that a busy machine elects nobody in between. */
    private static final Duration ELECTION = Duration.ofSeconds(3);

    private static final String BIG = "{\"text\":\"" + "x".repeat(3 << 20) + "\"}";

    @TempDir
    private Path folder;

    @Test
    void shouldWriteNewFormatsOnlyWhenEveryNodeCanReadThem() throws Exception {
        try (TestCluster cluster = new TestCluster(folder, TestCluster.TUNING)) {
            cluster.start("A", FeatureLevel.UNSAID);
            cluster.start("B", FeatureLevel.SUPPORTED);
            cluster.join("B", "A");
            cluster.node("A").createDatabase("shop", 2).get(60, TimeUnit.SECONDS);

            assertThat(cluster.node("B").featureLevel()).isEqualTo(FeatureLevel.UNSAID);
            assertThatThrownBy(() -> put(cluster, "B"))
                    .cause()
                    .isInstanceOfSatisfying(RookeryException.class, refused -> {
                        assertThat(refused.code()).isEqualTo(ErrorCode.NOT_SUPPORTED);
                        assertThat(refused).hasMessageContaining("feature level 3 of the cluster but found 2");
                    });

            cluster.stop("A");
            cluster.start("A", FeatureLevel.SUPPORTED);

            eventually(() -> cluster.node("A").featureLevel() == FeatureLevel.SUPPORTED
                    && cluster.node("B").featureLevel() == FeatureLevel.SUPPORTED);
            assertThat(put(cluster, "B").changeVectors()).hasSize(1);

            cluster.start("C", FeatureLevel.UNSAID);
            assertThatThrownBy(() -> cluster.join("C", "A")).hasStackTraceContaining("can only do 2");
        }
    }

    private static CommitResult put(TestCluster cluster, String tag) throws Exception {
        Write write = new Write.PutDocument("a", "As", Json.parse("{}"), null, new Due(1, 0));
        return cluster.shard(tag, "shop")
                .commit(Transaction.of(List.of(write), 1))
                .get(60, TimeUnit.SECONDS);
    }

    @Test
    void shouldMakeSmallBuffersWhenNoLogHasABigEntryAnyMore() throws Exception {
        try (TestCluster cluster = new TestCluster(folder, TestCluster.SMALL_LOG).election(ELECTION)) {
            cluster.start("A", FeatureLevel.SPLITS);
            cluster.start("B", FeatureLevel.SUPPORTED);
            cluster.join("B", "A");
            TestCluster.get(cluster.node("A").createDatabase("shop", 2));
            assertThat(cluster.data("B").resolve(ENTRIES)).doesNotExist();
            TestCluster.put(cluster.shard("B", "shop"), "big/1", BIG);

            cluster.stop("A");
            cluster.start("A");
            eventually(() -> entries(cluster, "A").contains("mixed")
                    && entries(cluster, "B").contains("mixed"));
            cluster.stop("B");
            cluster.start("B"); // the big entry is in its log
            assertThat(entries(cluster, "B")).contains("mixed");
            long big = TestCluster.put(cluster.shard("B", "shop"), "big/2", BIG).index();
            for (String tag : List.of("A", "B")) {
                RaftLog log =
                        cluster.shard(tag, "shop").division().orElseThrow().getRaftLog();
                for (int i = 0; log.getStartIndex() <= big; i++) { // it is purged while it grows
                    TestCluster.put(cluster.shard(tag, "shop"), "small/" + i, "{}");
                    assertThat(i).isLessThan(2_000);
                }
                cluster.stop(tag);
                cluster.start(tag);
                assertThat(entries(cluster, tag)).contains("parts");
            }

            TestCluster.put(cluster.shard("B", "shop"), "big/3", BIG);
            cluster.assertReplicasEqual("shop");
        }
    }

    @Test
    void shouldRefuseABigEntryWhereBuffersAreSmallAndTakeItAfterARestart() throws Exception {
        Queue<String> fatal = new ConcurrentLinkedQueue<>();
        try (TestCluster cluster = new TestCluster(folder, TestCluster.tuning(fatal::add)).election(ELECTION)) {
            cluster.start("A", FeatureLevel.SPLITS);
            cluster.start("B", FeatureLevel.SUPPORTED);
            cluster.join("B", "A");
            TestCluster.get(cluster.node("A").createDatabase("shop", 2));
            cluster.stop("B");
            Files.writeString(cluster.data("B").resolve(ENTRIES), "{\"entries\":\"parts\"}");
            cluster.start("B");
            eventually(() -> cluster.leader("shop").equals("A") || transfer(cluster));
            TestCluster.put(cluster.shard("A", "shop"), "small/1", "{}");

            CompletableFuture<CommitResult> put =
                    cluster.shard("A", "shop").commit(TestCluster.transaction("big/1", BIG));
            eventually(() -> !fatal.isEmpty());
            assertThat(fatal.peek()).contains("the next start has room");
            assertThat(put).isNotDone();
            cluster.stop("B");
            assertThat(cluster.data("B").resolve(ENTRIES)).doesNotExist();
            cluster.start("B");

            cluster.assertReplicasEqual("shop");
            assertThat(cluster.shard("B", "shop").document("big/1")).isPresent();
        }
    }

    /** Until A leads: a restart of B makes it so. */
    private static boolean transfer(TestCluster cluster) {
        cluster.stop("B");
        cluster.start("B");
        return false;
    }

    private static String entries(TestCluster cluster, String tag) throws IOException {
        Path file = cluster.data(tag).resolve(ENTRIES);
        return Files.exists(file) ? Files.readString(file) : "";
    }
}
