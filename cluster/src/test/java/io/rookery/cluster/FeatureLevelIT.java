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
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cluster whose nodes are replaced by a newer release one after the other. */
class FeatureLevelIT {
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
}
