package io.rookery.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.rookery.api.RookeryException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each Raft group takes a buffer from the node's direct memory, and there is only so much: of a node as it was before
 * commands went in parts, whose buffers are big.
 */
final class GroupMemoryIT {
    private static final int BLOCK = 8 << 20;

    @TempDir
    Path folder;

    @Test
    void shouldMakeAShardWhoseBufferFoundNoRoomWhenThereIsSome() throws Exception {
        try (TestCluster cluster = new TestCluster(folder, TestCluster.TUNING)) {
            cluster.start("A", FeatureLevel.SPLITS);
            Deque<ByteBuffer> all = takeAll();
            CompletableFuture<Void> made = cluster.node("A").createDatabase("late", 1);
            await().atMost(TestCluster.PATIENCE)
                    .until(() -> cluster.node("A").topology().databases().get("late").shards().stream()
                            .anyMatch(shard -> !shard.nodes().isEmpty()));
            await().during(Duration.ofSeconds(5)) // the node tries, and tries again
                    .atMost(TestCluster.PATIENCE)
                    .until(() -> !made.isDone());

            all.clear();
            made.get(TestCluster.PATIENCE.toSeconds(), TimeUnit.SECONDS);
            assertThat(cluster.node("A").shard("late", 0)).isPresent();
        }
    }

    @Test
    void shouldRefuseMoreShardsThanThereIsRoomFor() {
        try (TestCluster cluster = new TestCluster(folder, TestCluster.TUNING)) {
            cluster.start("A", FeatureLevel.SPLITS);
            int most = EntryRoom.fewestGroups() - 1;
            await().atMost(TestCluster.PATIENCE).ignoreExceptions().until(() -> {
                cluster.node("A").createDatabase("many0", 1, 16).get(60, TimeUnit.SECONDS);
                return true;
            });
            assertThatThrownBy(() -> {
                        for (int i = 1; i <= most / 16; i++) {
                            cluster.node("A").createDatabase("many" + i, 1, 16).get(60, TimeUnit.SECONDS);
                        }
                    })
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isInstanceOf(RookeryException.class)
                    .hasMessageContaining("a node has at most " + most);
            assertThat(cluster.node("A").topology().databases()).hasSize(most / 16);
        }
    }

    /** Direct memory until not one more buffer of a group fits. */
    private static Deque<ByteBuffer> takeAll() {
        Deque<ByteBuffer> all = new ArrayDeque<>();
        while (true) {
            try {
                all.add(ByteBuffer.allocateDirect(BLOCK));
            } catch (OutOfMemoryError e) {
                return all;
            }
        }
    }
}
