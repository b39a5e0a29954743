package io.rookery.store;

import static io.rookery.store.StoreFixture.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rookery.store.rocks.StoreFailure;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store on a volume of its own that is filled to the last block. */
final class FullVolumeIT {
    @TempDir
    Path folder;

    private Path volume;
    private boolean mounted;

    @BeforeEach
    void mount() throws IOException, InterruptedException {
        volume = Files.createDirectory(folder.resolve("volume"));
        mounted = run("mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", volume.toString());
        assumeTrue(mounted, "no volume may be mounted here");
    }

    @AfterEach
    void unmount() throws IOException, InterruptedException {
        assertThat(!mounted || run("umount", volume.toString())).isTrue();
    }

    private static boolean run(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command).inheritIO().start().waitFor() == 0;
        } catch (IOException e) {
            return false; // no such program here
        }
    }

    private void fill() throws IOException {
        try (OutputStream out = Files.newOutputStream(volume.resolve("filler"))) {
            byte[] block = new byte[4096];
            while (true) {
                out.write(block);
            }
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("No space left");
        }
    }

    @Test
    void shouldWaitWithWhatIsAppliedUntilThereIsSpaceAgainAfterFlushFailed() throws Exception {
        try (StoreFixture fixture = new StoreFixture(volume.resolve("store"))) {
            fixture.commit(put("before", "{}"));
            fill();
            assertThatThrownBy(() -> fixture.store().flush()).isInstanceOf(StoreFailure.class);

            CompletableFuture<Outcome> waiting =
                    CompletableFuture.supplyAsync(() -> fixture.commit(put("after", "{}")));
            assertThatThrownBy(() -> waiting.get(1, TimeUnit.SECONDS)).isInstanceOf(TimeoutException.class);
            assertThat(fixture.store().document("before")).isPresent();
            assertThat(fixture.store().document("after")).isEmpty();

            Files.delete(volume.resolve("filler"));
            assertThat(waiting.get(30, TimeUnit.SECONDS)).isInstanceOf(Outcome.Committed.class);
            fixture.store().flush();
            fixture.reopen();
            assertThat(fixture.store().document("before")).isPresent();
            assertThat(fixture.store().document("after")).isPresent();
        }
    }
}
