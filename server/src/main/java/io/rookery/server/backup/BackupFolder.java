package io.rookery.server.backup;

import io.rookery.api.ErrorCode;
import io.rookery.api.Json;
import io.rookery.api.RookeryException;
import io.rookery.cluster.disk.Folders;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The folder that backups are kept in: {@code ROOT/DATABASE/ID}. Nothing outside of it is ever read or written, whatever
 * a request names.
 */
final class BackupFolder {
    static final String MANIFEST = "manifest.json";

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}");

    private final Path root;

    /** @param root null when none is configured */
    BackupFolder(Path root) {
        this.root = root;
    }

    boolean isConfigured() {
        return root != null;
    }

    /** @throws RookeryException NOT_SUPPORTED without a root, BAD_REQUEST for what is no name */
    Path database(String database) {
        if (root == null) {
            throw new RookeryException(
                    ErrorCode.NOT_SUPPORTED,
                    "This node has no folder for backups: set 'backup: FOLDER' in its configuration file");
        }
        return root.resolve(checked(database));
    }

    Path backup(String database, String id) {
        return database(database).resolve(checked(id));
    }

    private static String checked(String name) {
        if (!NAME.matcher(name).matches() || name.contains("..")) {
            throw new RookeryException(
                    ErrorCode.BAD_REQUEST, "Expected the name of a database or a backup but found '" + name + "'");
        }
        return name;
    }

    /** Finished ones, oldest first. */
    List<BackupManifest> list(String database) {
        List<BackupManifest> found = new ArrayList<>();
        for (Path folder : Folders.list(database(database))) {
            if (Files.exists(folder.resolve(MANIFEST))) {
                found.add(manifest(folder));
            }
        }
        found.sort(Comparator.comparing(BackupManifest::id));
        return found;
    }

    Optional<BackupManifest> newest(String database) {
        List<BackupManifest> all = list(database);
        return all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1));
    }

    /** A backup and all that it goes on from, the full one first. */
    List<BackupManifest> chain(String database, String id) {
        List<BackupManifest> chain = new ArrayList<>();
        for (String next = id; next != null; next = chain.get(0).previous()) {
            Path folder = backup(database, next);
            if (!Files.exists(folder.resolve(MANIFEST))) {
                throw new RookeryException(
                        ErrorCode.NOT_FOUND,
                        "There is no finished backup " + next + " of " + database + " on this node");
            }
            chain.add(0, manifest(folder));
        }
        return chain;
    }

    private static BackupManifest manifest(Path folder) {
        try {
            return BackupManifest.of(Json.parse(Files.readAllBytes(folder.resolve(MANIFEST))));
        } catch (IOException e) {
            throw new UncheckedIOException("The manifest in " + folder + " cannot be read", e);
        }
    }

    /**
     * Compares every file with what the manifest says.
     *
     * @throws RookeryException CORRUPT at the first that differs
     */
    void verify(BackupManifest manifest) {
        Path folder = backup(manifest.database(), manifest.id());
        for (BackupManifest.Part part : manifest.parts()) {
            verify(folder.resolve(part.name()), part);
        }
    }

    static void verify(Path file, BackupManifest.Part part) {
        String found;
        long bytes;
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = sha256();
            byte[] buffer = new byte[64 << 10];
            bytes = 0;
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
                bytes += read;
            }
            found = HexFormat.of().formatHex(digest.digest());
        } catch (IOException e) {
            throw new RookeryException(ErrorCode.CORRUPT, "The backup's file " + file + " cannot be read: " + e, e);
        }
        if (bytes != part.bytes() || !found.equals(part.sha256())) {
            throw new RookeryException(
                    ErrorCode.CORRUPT,
                    "Expected " + part.bytes() + " bytes with SHA-256 " + part.sha256() + " in " + file + " but found "
                            + bytes + " with " + found);
        }
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Writes a file that is there as a whole or not at all, whenever the power goes. */
    static void write(Path file, Json json) throws IOException {
        Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
        Files.write(temporary, json.bytes());
        Folders.force(temporary);
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        Folders.force(file.toAbsolutePath().getParent());
    }
}
