package io.rookery.store.rocks;

import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;

/** Walks the keys of a space in order, from one key up to another, as a view saw them. Closed before its view. */
public final class RocksCursor implements AutoCloseable {
    private final ReadOptions options;
    private final Slice upTo;
    private final RocksIterator iterator;
    private boolean started;
    private boolean ended;

    /** Takes over the options and the bound, and closes them. */
    RocksCursor(ReadOptions options, Slice upTo, RocksIterator iterator) {
        this.options = options;
        this.upTo = upTo;
        this.iterator = iterator;
    }

    /** Goes to the next key; false behind the last one. */
    public boolean next() {
        if (ended) {
            return false;
        }
        if (started) {
            iterator.next();
        }
        started = true;
        if (iterator.isValid()) {
            return true;
        }
        ended = true; // a step further would end the process
        try {
            iterator.status(); // an I/O error ends the iteration as the last key does
        } catch (RocksDBException e) {
            throw new StoreFailure("Reading on from a key failed", e);
        }
        return false;
    }

    public byte[] key() {
        return iterator.key();
    }

    public byte[] value() {
        return iterator.value();
    }

    @Override
    public void close() {
        iterator.close();
        options.close();
        if (upTo != null) {
            upTo.close();
        }
    }
}
