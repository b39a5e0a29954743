package io.rookery.samples.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A folder that is gone when it is closed. */
public record TemporaryFolder(Path path) implements AutoCloseable {
    /** @param prefix of its name */
    public static TemporaryFolder create(String prefix) {
        try {
            return new TemporaryFolder(Files.createTempDirectory(prefix));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Deletes it with all that is in it; what a process that still ends deletes meanwhile is no error. */
    @Override
    public void close() {
        try (Stream<Path> files = Files.walk(path)) {
            List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : deepestFirst) {
                Files.deleteIfExists(file);
            }
        } catch (UncheckedIOException e) { // from walking, as when a folder is gone by now
            throw new UncheckedIOException(
                    "The folder " + path + " could not be deleted: " + e.getMessage(), e.getCause());
        } catch (IOException e) {
            throw new UncheckedIOException("The folder " + path + " could not be deleted: " + e.getMessage(), e);
        }
    }
}
