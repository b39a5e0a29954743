package io.rookery.server.backup;

import io.rookery.cluster.disk.Folders;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Where backups are kept, by keys of the form {@code DATABASE/ID/NAME}. A key is there as a whole or not at all, and is
 * durable when the call that put it there returns. Any thread.
 */
interface BackupStorage extends AutoCloseable {
    /**
     * What a node's configuration names.
     *
     * @param place null when none is configured; then this is too
     * @param transfer a folder of the node for files on their way
     */
    static BackupStorage of(BackupPlace place, Path transfer) {
        if (place instanceof BackupPlace.Bucket bucket) {
            Folders.delete(transfer.resolve("fetched"));
            return new S3Storage(bucket, transfer);
        }
        return place instanceof BackupPlace.Folder folder ? new FolderStorage(folder.path()) : null;
    }

    /** Names below a key, in order: of databases below the empty one, of backups below a database. */
    List<String> names(String key);

    /** Of a small object; empty where there is none. */
    Optional<byte[]> read(String key) throws IOException;

    void write(String key, byte[] bytes) throws IOException;

    /** The folder that a backup's files are written to before they are kept; it is there afterwards. */
    Path drafts(String backup) throws IOException;

    /** Drafts of it that were not kept are of no use any more. */
    void drop(String backup);

    /** @param draft a finished, durable file of {@link #drafts} with the key's name */
    void keep(String key, Path draft) throws IOException;

    /** The bytes of a key as a file on this node. @throws IOException also where there is none */
    Fetched fetch(String key) throws IOException;

    /** For messages. */
    String place(String key);

    @Override
    void close();
}
