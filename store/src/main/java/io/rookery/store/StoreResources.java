package io.rookery.store;

import io.rookery.store.rocks.RocksResources;

/** What the shards of one node share: block cache, write buffer budget, compaction rate. Opened once a process. */
public final class StoreResources implements AutoCloseable {
    private final RocksResources rocks;

    private StoreResources(RocksResources rocks) {
        this.rocks = rocks;
    }

    /** The write buffers' budget is part of the block cache's: the cache gives room as buffers fill. */
    public static StoreResources open(long blockCacheBytes, long writeBufferBytes) {
        return new StoreResources(new RocksResources(blockCacheBytes, writeBufferBytes));
    }

    RocksResources rocks() {
        return rocks;
    }

    @Override
    public void close() {
        rocks.close();
    }
}
