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

/** The records of one file of a backup, in order. */
final class PartReader implements AutoCloseable {
    private final Path file;
    private final BufferedReader lines;

    PartReader(Path file) throws IOException {
        this.file = file;
        lines = new BufferedReader(new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(file), 64 << 10), StandardCharsets.UTF_8));
    }

    /** A record's line and its body; null where it has none. */
    record Item(Map<String, Object> line, Json body) {
        String text(String name) {
            return (String) line.get(name);
        }

        long number(String name) {
            return (Long) line.get(name);
        }
    }

    /** Null behind the last one. */
    Item next() throws IOException {
        String line = lines.readLine();
        if (line == null) {
            return null;
        }
        try {
            Map<String, Object> record = Json.parse(line).asObject();
            boolean hasBody = Boolean.TRUE.equals(record.get("body"));
            String body = hasBody ? lines.readLine() : null;
            if (hasBody && body == null) {
                throw new IOException("Expected a body behind the last line of " + file);
            }
            return new Item(record, hasBody ? Json.checked(body.getBytes(StandardCharsets.UTF_8)) : null);
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
