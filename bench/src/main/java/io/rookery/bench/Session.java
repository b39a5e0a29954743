package io.rookery.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * A run of the benchmark: its pace, its folder, and where progress is told.
 *
 * @param folder removed with all that is in it at the end
 */
record Session(Pace pace, Path folder, PrintStream progress) implements AutoCloseable {
    static Session open(Pace pace, PrintStream progress) throws IOException {
        return new Session(pace, Files.createTempDirectory("rookery-bench"), progress);
    }

    Path folder(String name) {
        try {
            return Files.createTempDirectory(folder, name);
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
        try (Stream<Path> paths = Files.walk(folder)) {
            paths.sorted(Comparator.reverseOrder())
                    .forEach(path -> path.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        delete(folder);
    }
}
