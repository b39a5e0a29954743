package io.rookery.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.rookery.server.blackbox.Answer;
import io.rookery.server.blackbox.Api;
import io.rookery.server.blackbox.Nodes;
import io.rookery.server.process.ServerProcess;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node that starts, and what it says before it has heard from the others. */
final class RestartIT {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @TempDir
    Path folder;

    @Test
    void shouldNotSayThatDatabaseIsMissingBeforeItHasHeardFromTheOthers() {
        try (Nodes nodes = Nodes.start(folder, 3).withDatabase("young", 3)) {
            nodes.all().forEach(ServerProcess::kill);
            ServerProcess alone = nodes.all().get(2);
            alone.start();
            await().atMost(PATIENCE).until(() -> isLive(alone));

            Answer read = new Api(alone.url(), Duration.ofSeconds(20)).get("/databases/young/docs?id=none");
            assertThat(read.status()).as(read.toString()).isEqualTo(503);

            nodes.others(alone).forEach(ServerProcess::start);
            await().atMost(PATIENCE).until(() -> {
                Answer again = new Api(alone.url(), Duration.ofSeconds(20)).get("/databases/young/docs?id=none");
                assertThat(again.header("Database-Missing")).isNull();
                return again.status() == 404;
            });
            assertThat(nodes.api(2).get("/databases/none/docs?id=none").text("code"))
                    .isEqualTo("DATABASE_MISSING");
        }
    }

    private static boolean isLive(ServerProcess node) {
        try {
            return new Api(node.url()).get("/health/live").isOk();
        } catch (UncheckedIOException e) {
            return false;
        }
    }
}
