package io.rookery.server.backup;

import io.rookery.api.Json;
import io.rookery.cluster.disk.Folders;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

/** One file of a backup while it is written: JSON, one value a line, in gzip. Durable when it is finished. */
final class PartWriter implements AutoCloseable {
    private final Path file;
    private final MessageDigest digest = BackupArchive.sha256();
    private final OutputStream out;
    private long records;
    private long written;
    private String last = "";

    PartWriter(Path file) throws IOException {
        this.file = file;
        out = new BufferedOutputStream(
                new GZIPOutputStream(new DigestOutputStream(Files.newOutputStream(file), digest), 64 << 10), 64 << 10);
    }

    /**
     * A record: its line, and where it has a body that as the next line, so that no reader meets it deeper than it is.
     *
     * @param place id, key or sequence number of the record
     * @param body null for none
     */
    void write(String place, Map<String, Object> record, Json body) throws IOException {
        Map<String, Object> line = new LinkedHashMap<>(record);
        line.put("body", body != null);
        write(Json.of(line));
        if (body != null) {
            write(body);
        }
        records++;
        last = place;
    }

    private void write(Json line) throws IOException {
        // line ends between a body's tokens are no part of it
        for (String piece : line.toString().lines().toList()) {
            byte[] bytes = piece.getBytes(StandardCharsets.UTF_8);
            out.write(bytes);
            written += bytes.length;
        }
        out.write('\n');
    }

    /** Bytes of lines, before they are packed. */
    long written() {
        return written;
    }

    BackupManifest.Part finish(int shard, BackupManifest.Section section, boolean end) throws IOException {
        out.close();
        Folders.force(file);
        return new BackupManifest.Part(
                file.getFileName().toString(),
                shard,
                section,
                Files.size(file),
                HexFormat.of().formatHex(digest.digest()),
                records,
                last,
                end);
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
