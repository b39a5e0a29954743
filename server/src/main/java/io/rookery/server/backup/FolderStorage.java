package io.rookery.server.backup;

import io.rookery.cluster.disk.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;

/** Backups in a folder, {@code ROOT/DATABASE/ID/NAME}. Files are written where they stay. */
final class FolderStorage implements BackupStorage {
    private final Path root;

    FolderStorage(Path root) {
        this.root = root;
    }

    @Override
    public List<String> names(String key) {
        return Folders.list(root.resolve(key)).stream()
                .map(file -> file.getFileName().toString())
                .toList();
    }

    @Override
    public Optional<byte[]> read(String key) throws IOException {
        Path file = root.resolve(key);
        return Files.exists(file) ? Optional.of(Files.readAllBytes(file)) : Optional.empty();
    }

    @Override
    public void write(String key, byte[] bytes) throws IOException {
        write(root.resolve(key), bytes);
    }

    /** Writes a file that is there as a whole or not at all, whenever the power goes. */
    static void write(Path file, byte[] bytes) throws IOException {
        Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
        Files.write(temporary, bytes);
        Folders.force(temporary);
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        Folders.force(file.toAbsolutePath().getParent());
    }

    @Override
    public Path drafts(String backup) throws IOException {
        return Files.createDirectories(root.resolve(backup));
    }

    /** A file without a manifest beside it is no backup. */
    @Override
    public void drop(String backup) {}

    @Override
    public void keep(String key, Path draft) throws IOException {
        Folders.force(draft.toAbsolutePath().getParent());
    }

    @Override
    public Fetched fetch(String key) {
        return new Fetched(root.resolve(key), false);
    }

    @Override
    public String place(String key) {
        return root.resolve(key).toString();
    }

    @Override
    public void close() {}
}
