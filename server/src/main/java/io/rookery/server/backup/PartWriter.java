package io.rookery.server.backup;

import io.rookery.api.Json;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.zip.GZIPOutputStream;

/** One file of a backup while it is written: JSON, one object a line, in gzip. Durable when it is finished. */
final class PartWriter implements AutoCloseable {
    /** Of lines, before they are packed. */
    private static final long MOST_BYTES = 32L << 20;

    private final Path file;
    private final MessageDigest digest = BackupFolder.sha256();
    private final OutputStream out;
    private long records;
    private long written;
    private String last = "";

    PartWriter(Path file) throws IOException {
        this.file = file;
        out = new BufferedOutputStream(
                new GZIPOutputStream(new DigestOutputStream(Files.newOutputStream(file), digest), 64 << 10), 64 << 10);
    }

    /** @param place id, key or sequence number of the record */
    void write(String place, Json line) throws IOException {
        // line ends between a document's tokens are no part of it
        for (String piece : line.toString().lines().toList()) {
            byte[] bytes = piece.getBytes(StandardCharsets.UTF_8);
            out.write(bytes);
            written += bytes.length;
        }
        out.write('\n');
        records++;
        last = place;
    }

    boolean isFull() {
        return written >= MOST_BYTES;
    }

    BackupManifest.Part finish(int shard, BackupManifest.Section section, boolean end) throws IOException {
        out.close();
        BackupFolder.force(file);
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
