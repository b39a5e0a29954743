package io.rookery.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Seeing from outside when a shard takes a snapshot. */
final class SnapshotWatchTest {
    @TempDir
    private Path data;

    @Test
    void shouldSeeASnapshotFromItsBeginningToItsEnd() throws Exception {
        Path shard = Files.createDirectories(data.resolve("raft/group/sm"));
        try (SnapshotWatch watch = SnapshotWatch.start(List.of(data))) {
            Path taking = Files.createDirectory(shard.resolve("taking"));
            long there = System.nanoTime();
            await().atMost(Duration.ofSeconds(30)).until(watch::isOneUnderWay);
            assertThat(watch.count()).isZero();

            long before = System.nanoTime();
            Files.delete(taking);
            await().atMost(Duration.ofSeconds(30)).until(() -> watch.count() == 1);

            assertThat(watch.seen()).singleElement().satisfies(span -> {
                assertThat(span.from()).isLessThan(before);
                assertThat(span.to()).isGreaterThan(before);
                assertThat(span.meetsAny(List.of(new Timings.Span(there, before))))
                        .isTrue();
            });
        }
    }
}
