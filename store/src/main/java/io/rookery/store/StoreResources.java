package io.rookery.store;

/** What the shards of one node share: block cache, write buffer budget, compaction rate. Opened once a process. */
public final class StoreResources implements AutoCloseable {
    public static StoreResources open(long blockCacheBytes, long writeBufferBytes) {
        throw new UnsupportedOperationException("being written");
    }

    @Override
    public void close() {}
}
