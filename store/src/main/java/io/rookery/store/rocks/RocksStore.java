package io.rookery.store.rocks;

import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.LongConsumer;
import org.rocksdb.Checkpoint;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.FlushOptions;
import org.rocksdb.LiveFileMetaData;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.SstFileReader;
import org.rocksdb.WriteOptions;

/**
 * A RocksDB without its own write-ahead log: what is written is durable after {@link #flush}, all spaces at the same
 * batch. Any thread; after {@link #close} every call fails with UNAVAILABLE, and close waits for the calls inside,
 * because a closed native handle ends the process.
 */
public final class RocksStore implements AutoCloseable {
    /** For values of a usual size. */
    private static final ThreadLocal<byte[]> ROOM = ThreadLocal.withInitial(() -> new byte[16 << 10]);

    private final RocksSettings settings;
    private final RocksDB db;
    private final List<ColumnFamilyHandle> families;
    private final WriteOptions withoutLog = new WriteOptions().setDisableWAL(true);
    private final FlushOptions flushAndWait = new FlushOptions().setWaitForFlush(true);
    private final ReentrantReadWriteLock inside = new ReentrantReadWriteLock();
    private boolean closed;

    private RocksStore(RocksSettings settings, RocksDB db, List<ColumnFamilyHandle> families) {
        this.settings = settings;
        this.db = db;
        this.families = List.copyOf(families);
    }

    /** Opens or creates. */
    public static RocksStore open(Path directory, RocksResources resources) {
        RocksSettings settings = RocksSettings.writable(resources);
        List<ColumnFamilyHandle> families = new ArrayList<>();
        try {
            Files.createDirectories(directory);
            RocksDB db = RocksDB.open(settings.options(), directory.toString(), settings.families(), families);
            return new RocksStore(settings, db, families);
        } catch (RocksDBException | IOException e) {
            settings.close();
            throw new StoreFailure("Opening the store in " + directory + " failed", e);
        }
    }

    /** Opens a copy that nobody writes, to read: nothing in the directory is changed. */
    public static RocksStore openToRead(Path directory, RocksResources resources) {
        RocksSettings settings = RocksSettings.writable(resources);
        List<ColumnFamilyHandle> families = new ArrayList<>();
        try {
            RocksDB db = RocksDB.openReadOnly(settings.options(), directory.toString(), settings.families(), families);
            return new RocksStore(settings, db, families);
        } catch (RocksDBException e) {
            settings.close();
            throw new StoreFailure("Opening the copy in " + directory + " failed", e);
        }
    }

    /** One value of a store that nobody has open; null when there is no store or no such key. */
    public static byte[] peek(Path directory, Space space, byte[] key) {
        if (!Files.exists(directory.resolve("CURRENT"))) {
            return null;
        }
        RocksDB.loadLibrary();
        List<ColumnFamilyHandle> families = new ArrayList<>();
        try (RocksSettings settings = RocksSettings.readOnly();
                RocksDB db =
                        RocksDB.openReadOnly(settings.options(), directory.toString(), settings.families(), families)) {
            try {
                return db.get(families.get(space.number()), key);
            } finally {
                families.forEach(ColumnFamilyHandle::close);
            }
        } catch (RocksDBException e) {
            throw new StoreFailure("Reading the store in " + directory + " failed", e);
        }
    }

    public RocksBatch batch() {
        return new RocksBatch(families);
    }

    /** Null when absent. */
    public byte[] get(Space space, byte[] key) {
        enter();
        try {
            return get(families.get(space.number()), key);
        } catch (RocksDBException e) {
            throw new StoreFailure("Reading a key of " + space + " failed", e);
        } finally {
            leave();
        }
    }

    /** Into an array that is there already, so that native code makes none for each read. */
    private byte[] get(ColumnFamilyHandle family, byte[] key) throws RocksDBException {
        byte[] room = ROOM.get();
        int size = db.get(family, key, room);
        if (size == RocksDB.NOT_FOUND) {
            return null;
        }
        return size <= room.length ? Arrays.copyOf(room, size) : db.get(family, key);
    }

    /** As many values as keys; null where absent. */
    public List<byte[]> get(Space space, List<byte[]> keys) {
        if (keys.isEmpty()) {
            return List.of();
        }
        enter();
        try {
            ColumnFamilyHandle family = families.get(space.number());
            List<byte[]> values = db.multiGetAsList(Collections.nCopies(keys.size(), family), keys);
            for (int i = 0; i < values.size(); i++) {
                if (values.get(i) == null) {
                    // its binding says the same of a key that could not be read; asked alone, that is an error
                    values.set(i, get(family, keys.get(i)));
                }
            }
            return values;
        } catch (RocksDBException e) {
            throw new StoreFailure("Reading keys of " + space + " failed", e);
        } finally {
            leave();
        }
    }

    /** Makes the calling thread one that is inside until it closes the view. */
    public RocksView view() {
        enter();
        return new RocksView(db, families, this::leave);
    }

    /** On a volume without space it waits: RocksDB writes nothing once a flush has failed, until it sees that there is some. */
    public void write(RocksBatch batch) {
        RoomWait room = new RoomWait(Path.of(db.getName()));
        while (!written(batch, room)) {
            room.park();
        }
    }

    private boolean written(RocksBatch batch, RoomWait room) {
        enter();
        try {
            db.write(withoutLog, batch.nativeBatch());
            return true;
        } catch (RocksDBException e) {
            StoreFailure failure = new StoreFailure("Writing a batch failed", e);
            if (failure.isNoSpace() && room.isWorthIt()) {
                return false;
            }
            throw failure;
        } finally {
            leave();
        }
    }

    /** Makes everything written so far durable. */
    public void flush() {
        enter();
        try {
            db.flush(flushAndWait, families);
        } catch (RocksDBException e) {
            throw new StoreFailure("Flushing failed", e);
        } finally {
            leave();
        }
    }

    /**
     * Compares every block of every table with its checksum.
     *
     * @param read told the size of each table after it was read
     * @throws StoreFailure {@link StoreFailure#isDamage} at the first that differs
     */
    public void verifyTables(LongConsumer read) {
        enter();
        try (Options options = new Options()) {
            for (LiveFileMetaData table : db.getLiveFilesMetaData()) {
                String file = table.path() + table.fileName();
                try (SstFileReader reader = new SstFileReader(options)) {
                    reader.open(file);
                    reader.verifyChecksum();
                } catch (RocksDBException e) {
                    throw new StoreFailure("The table " + file + " cannot be read", e);
                }
                read.accept(table.size());
            }
        } finally {
            leave();
        }
    }

    /** Copies the store as it is now, by hard links, to a directory that does not exist; it is not fsynced. */
    public void checkpoint(Path directory) {
        enter();
        try (Checkpoint checkpoint = Checkpoint.create(db)) {
            checkpoint.createCheckpoint(directory.toString());
        } catch (RocksDBException e) {
            throw new StoreFailure("Making a checkpoint in " + directory + " failed", e);
        } finally {
            leave();
        }
    }

    /** Bytes of the table files of all spaces. */
    public long sizeOnDisk() {
        enter();
        try {
            long bytes = 0;
            for (ColumnFamilyHandle family : families) {
                bytes += db.getLongProperty(family, "rocksdb.total-sst-files-size");
            }
            return bytes;
        } catch (RocksDBException e) {
            throw new StoreFailure("Asking for the size of the store failed", e);
        } finally {
            leave();
        }
    }

    private void enter() {
        inside.readLock().lock();
        if (closed) {
            inside.readLock().unlock();
            throw new RookeryException(ErrorCode.UNAVAILABLE, "Expected an open store but it is closed");
        }
    }

    private void leave() {
        inside.readLock().unlock();
    }

    @Override
    public void close() {
        inside.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                families.forEach(ColumnFamilyHandle::close);
                db.close();
                flushAndWait.close();
                withoutLog.close();
                settings.close();
            }
        } finally {
            inside.writeLock().unlock();
        }
    }
}
