package io.rookery.store.rocks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.Slice;
import org.rocksdb.Snapshot;

/** The store at one moment: all reads see the same batches. Belongs to one thread; the store stays open until it is closed. */
public final class RocksView implements AutoCloseable {
    private final RocksDB db;
    private final List<ColumnFamilyHandle> families;
    private final Runnable leave;
    private final Snapshot snapshot;
    private final ReadOptions options;

    RocksView(RocksDB db, List<ColumnFamilyHandle> families, Runnable leave) {
        this.db = db;
        this.families = families;
        this.leave = leave;
        this.snapshot = db.getSnapshot();
        this.options = new ReadOptions().setSnapshot(snapshot);
    }

    /** Null when absent. */
    public byte[] get(Space space, byte[] key) {
        try {
            return db.get(families.get(space.number()), options, key);
        } catch (RocksDBException e) {
            throw new StoreFailure("Reading a key of " + space + " failed", e);
        }
    }

    /** As many values as keys; null where absent. Nearly twice as fast as single reads. */
    public List<byte[]> get(Space space, List<byte[]> keys) {
        if (keys.isEmpty()) {
            return new ArrayList<>();
        }
        try {
            ColumnFamilyHandle family = families.get(space.number());
            List<byte[]> values = db.multiGetAsList(options, Collections.nCopies(keys.size(), family), keys);
            for (int i = 0; i < values.size(); i++) {
                if (values.get(i) == null) {
                    // its binding says the same of a key that could not be read; asked alone, that is an error
                    values.set(i, db.get(family, options, keys.get(i)));
                }
            }
            return values;
        } catch (RocksDBException e) {
            throw new StoreFailure("Reading keys of " + space + " failed", e);
        }
    }

    /** From {@code from} (inclusive) up to {@code upTo} (exclusive; null: the space's end). */
    public RocksCursor cursor(Space space, byte[] from, byte[] upTo) {
        ReadOptions ranged = new ReadOptions().setSnapshot(snapshot);
        Slice bound = upTo == null ? null : new Slice(upTo);
        if (bound != null) {
            ranged.setIterateUpperBound(bound);
        }
        var iterator = db.newIterator(families.get(space.number()), ranged);
        iterator.seek(from);
        return new RocksCursor(ranged, bound, iterator);
    }

    @Override
    public void close() {
        options.close();
        db.releaseSnapshot(snapshot);
        leave.run();
    }
}
