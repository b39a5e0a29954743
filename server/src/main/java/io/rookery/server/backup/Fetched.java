package io.rookery.server.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file to read.
 *
 * @param copy whether it is deleted when it was read
 */
record Fetched(Path file, boolean copy) implements AutoCloseable {
    @Override
    public void close() throws IOException {
        if (copy) {
            Files.deleteIfExists(file);
        }
    }
}
