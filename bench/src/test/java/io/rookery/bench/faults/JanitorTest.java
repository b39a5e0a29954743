package io.rookery.bench.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class JanitorTest {
    @TempDir
    private Path folder;

    @Test
    void shouldUndoLastStepFirstAndKillWhatHasTheWord() throws IOException {
        String word = "rookery-janitor-" + UUID.randomUUID();
        Process leftover = new ProcessBuilder("bash", "-c", "read -r line", word).start();
        Path said = folder.resolve("said");

        try (Janitor janitor = Janitor.start()) {
            janitor.finallyRun("echo first >> '" + said + "'");
            janitor.finallyRun("false");
            janitor.finallyRun("echo last >> '" + said + "'");
            janitor.finallyKill(word);
            assertThat(leftover.isAlive()).isTrue();
        }

        assertThat(Files.readAllLines(said)).containsExactly("last", "first");
        await().until(() -> !leftover.isAlive());
    }
}
