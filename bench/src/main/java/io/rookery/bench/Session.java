package io.rookery.bench;

import io.rookery.samples.servers.TemporaryFolder;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A run of the benchmark: its pace, its folder, and where progress is told.
 *
 * @param folder removed with all that is in it at the end
 */
record Session(Pace pace, TemporaryFolder folder, PrintStream progress) implements AutoCloseable {
    static Session open(Pace pace, PrintStream progress) {
        return new Session(pace, TemporaryFolder.create("rookery-bench"), progress);
    }

    Path folder(String name) {
        try {
            return Files.createTempDirectory(folder.path(), name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void tell(String text, Object... values) {
        progress.printf(text + "%n", values);
        progress.flush();
    }

    /** Removes a folder of this run when it is no longer needed: full runs write gigabytes. */
    static void delete(Path folder) {
        new TemporaryFolder(folder).close();
    }

    @Override
    public void close() {
        folder.close();
    }
}
