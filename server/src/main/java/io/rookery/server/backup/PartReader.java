package io.rookery.server.backup;

import io.rookery.api.ErrorCode;
import io.rookery.api.Json;
import io.rookery.api.RookeryException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/** The records of one file of a backup, in order. Objects under {@code document} and {@code value} stay JSON. */
final class PartReader implements AutoCloseable {
    private final Path file;
    private final BufferedReader lines;

    PartReader(Path file) throws IOException {
        this.file = file;
        lines = new BufferedReader(new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(file), 64 << 10), StandardCharsets.UTF_8));
    }

    /**
     * Null behind the last one.
     *
     * @param kept name of the member whose value stays JSON
     */
    Map<String, Object> next(String kept) throws IOException {
        String line = lines.readLine();
        if (line == null) {
            return null;
        }
        try {
            return Json.parseKeeping(kept, line.getBytes(StandardCharsets.UTF_8));
        } catch (RookeryException e) {
            throw new RookeryException(
                    ErrorCode.CORRUPT, "Expected a record in " + file + " but found: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
