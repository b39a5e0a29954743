package io.rookery.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.rookery.server.blackbox.Api;
import io.rookery.server.blackbox.Nodes;
import io.rookery.server.process.ServerProcess;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A leader that stops keeps its connections, and what was sent to it before. */
final class StoppedLeaderIT {
    /** For the election; a question to the former leader would be given up after 15 s only. */
    private static final Duration SOON = Duration.ofSeconds(10);

    @TempDir
    Path folder;

    @Test
    void shouldNotLetWritesWaitForStoppedLeaderWhenAnotherOneLeads() {
        try (Nodes nodes = Nodes.start(folder, 3).withDatabase("stopped", 3)) {
            ServerProcess leader = nodes.awaitLeader("stopped");
            List<CompletableFuture<?>> waiting = new ArrayList<>();
            leader.freeze();
            try {
                for (ServerProcess node : nodes.others(leader)) {
                    for (int i = 0; i < 4; i++) { // more than are sent to a leader at a time
                        String id = node.tag() + i;
                        waiting.add(CompletableFuture.runAsync(() -> put(node, id, Duration.ofSeconds(30))));
                    }
                }
                await().atMost(SOON).untilAsserted(() -> {
                    for (ServerProcess node : nodes.others(leader)) {
                        assertThat(put(node, "new", Duration.ofSeconds(2)))
                                .as("a write at node %s", node.tag())
                                .isTrue();
                    }
                });
            } finally {
                leader.thaw();
            }
            CompletableFuture.allOf(waiting.toArray(CompletableFuture[]::new)).join();
        }
    }

    private static boolean put(ServerProcess node, String id, Duration patience) {
        try {
            return new Api(node.url(), patience)
                    .put("/databases/stopped/docs?id=" + id, "{}")
                    .isOk();
        } catch (UncheckedIOException e) {
            return false; // it took too long
        }
    }
}
