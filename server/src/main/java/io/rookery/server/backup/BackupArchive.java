package io.rookery.server.backup;

import io.rookery.api.ErrorCode;
import io.rookery.api.Json;
import io.rookery.api.RookeryException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The backups that are kept: manifests and files by {@code DATABASE/ID}. Nothing outside of it is ever read or written,
 * whatever a request names.
 */
final class BackupArchive implements AutoCloseable {
    static final String MANIFEST = "manifest.json";

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}");

    private final BackupStorage storage;

    /** @param storage null when none is configured */
    BackupArchive(BackupStorage storage) {
        this.storage = storage;
    }

    boolean isConfigured() {
        return storage != null;
    }

    private BackupStorage storage() {
        if (storage == null) {
            throw new RookeryException(
                    ErrorCode.NOT_SUPPORTED,
                    "This node has no place for backups: set 'backup: FOLDER' or 'backup: s3://BUCKET/PREFIX' in its"
                            + " configuration file");
        }
        return storage;
    }

    /** @throws RookeryException NOT_SUPPORTED without a place, BAD_REQUEST for what is no name */
    String database(String database) {
        storage();
        return checked(database);
    }

    private String backup(String database, String id) {
        return database(database) + "/" + checked(id);
    }

    private static String key(BackupManifest manifest, String name) {
        return checked(manifest.database()) + "/" + checked(manifest.id()) + "/" + checked(name);
    }

    /** The folder of this node to write a backup's files to. */
    Path drafts(BackupManifest manifest) throws IOException {
        return storage().drafts(backup(manifest.database(), manifest.id()));
    }

    /** Takes in a file of {@link #drafts}. */
    void keep(BackupManifest manifest, BackupManifest.Part part) throws IOException {
        storage().keep(key(manifest, part.name()), drafts(manifest).resolve(part.name()));
    }

    /** Makes a backup whose files are all kept a finished one. */
    void finish(BackupManifest manifest) throws IOException {
        storage().write(key(manifest, MANIFEST), manifest.json().bytes());
        drop(manifest);
    }

    /** Forgets what is on its way on this node of a backup that is finished or given up. */
    void drop(BackupManifest manifest) {
        storage().drop(backup(manifest.database(), manifest.id()));
    }

    /** A file of a backup that is what the manifest says. @throws RookeryException CORRUPT if it is not */
    Fetched fetch(BackupManifest manifest, BackupManifest.Part part) throws IOException {
        String key = key(manifest, part.name());
        Fetched fetched;
        try {
            fetched = storage().fetch(key);
        } catch (IOException e) {
            throw unreadable(storage().place(key), e);
        }
        try {
            compare(fetched.file(), part, storage().place(key));
            return fetched;
        } catch (RuntimeException e) {
            fetched.close();
            throw e;
        }
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
        for (String id : storage().names(database(database))) {
            manifest(backup(database, id)).ifPresent(found::add);
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
            String missing = next;
            chain.add(
                    0,
                    manifest(backup(database, next))
                            .orElseThrow(() -> new RookeryException(
                                    ErrorCode.NOT_FOUND,
                                    "There is no finished backup " + missing + " of " + database + " in "
                                            + storage().place(database))));
        }
        return chain;
    }

    private Optional<BackupManifest> manifest(String backup) {
        String key = backup + "/" + MANIFEST;
        try {
            return storage().read(key).map(bytes -> BackupManifest.of(Json.parse(bytes)));
        } catch (IOException e) {
            throw new RookeryException(
                    ErrorCode.UNAVAILABLE, "The manifest " + storage().place(key) + " cannot be read: " + e, e);
        }
    }

    /**
     * Compares every file with what the manifest says.
     *
     * @throws RookeryException CORRUPT at the first that differs
     */
    void verify(BackupManifest manifest) throws IOException {
        for (BackupManifest.Part part : manifest.parts()) {
            fetch(manifest, part).close();
        }
    }

    /** @param place for the message */
    static void compare(Path file, BackupManifest.Part part, String place) {
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
            throw unreadable(place, e);
        }
        if (bytes != part.bytes() || !found.equals(part.sha256())) {
            throw new RookeryException(
                    ErrorCode.CORRUPT,
                    "Expected " + part.bytes() + " bytes with SHA-256 " + part.sha256() + " in " + place + " but found "
                            + bytes + " with " + found);
        }
    }

    private static RookeryException unreadable(String place, IOException e) {
        return new RookeryException(ErrorCode.CORRUPT, "The backup's file " + place + " cannot be read: " + e, e);
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        if (storage != null) {
            storage.close();
        }
    }
}
