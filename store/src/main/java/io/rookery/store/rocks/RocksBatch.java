package io.rookery.store.rocks;

import java.util.List;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/** Writes that take effect together. Belongs to one thread. */
public final class RocksBatch implements AutoCloseable {
    private final WriteBatch batch = new WriteBatch(64 << 10);
    private final List<ColumnFamilyHandle> families;

    RocksBatch(List<ColumnFamilyHandle> families) {
        this.families = families;
    }

    public void put(Space space, byte[] key, byte[] value) {
        try {
            batch.put(families.get(space.number()), key, value);
        } catch (RocksDBException e) {
            throw new StoreFailure("Putting a key of " + space + " failed", e);
        }
    }

    public void delete(Space space, byte[] key) {
        try {
            batch.delete(families.get(space.number()), key);
        } catch (RocksDBException e) {
            throw new StoreFailure("Deleting a key of " + space + " failed", e);
        }
    }

    WriteBatch nativeBatch() {
        return batch;
    }

    @Override
    public void close() {
        batch.close();
    }
}
