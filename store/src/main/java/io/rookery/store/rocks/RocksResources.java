package io.rookery.store.rocks;

import org.rocksdb.Cache;
import org.rocksdb.LRUCache;
import org.rocksdb.RateLimiter;
import org.rocksdb.RateLimiterMode;
import org.rocksdb.RocksDB;
import org.rocksdb.WriteBufferManager;

/** Native memory and disk bandwidth that all stores of a process share. Closed after the last store. */
public final class RocksResources implements AutoCloseable {
    static {
        RocksDB.loadLibrary();
    }

    /**
     * Ceiling of flushes and compactions, so that log fsyncs are not starved. A fixed one: RocksDB's own tuning sinks to a
     * twentieth while there is little to do, climbs by a twentieth in ten seconds, and stalls writes meanwhile.
     */
    private static final long BACKGROUND_BYTES_PER_SECOND = 128L << 20;

    private final Cache cache;
    private final WriteBufferManager writeBuffers;
    private final RateLimiter rateLimiter;

    /**
     * Half of the cache is kept for filters and indexes: a read that has to load a filter costs more than all the rest
     * of it.
     */
    private static final double FOR_FILTERS = 0.5;

    private static final int SHARD_BITS_AS_ROCKSDB_CHOOSES = -1;

    /**
     * The memtables are charged to the cache, so that one number bounds both; the cache is larger by as much, or they
     * would leave it nothing.
     */
    public RocksResources(long blockCacheBytes, long writeBufferBytes) {
        cache = new LRUCache(blockCacheBytes + writeBufferBytes, SHARD_BITS_AS_ROCKSDB_CHOOSES, false, FOR_FILTERS);
        writeBuffers = new WriteBufferManager(writeBufferBytes, cache);
        rateLimiter = new RateLimiter(
                BACKGROUND_BYTES_PER_SECOND,
                RateLimiter.DEFAULT_REFILL_PERIOD_MICROS,
                RateLimiter.DEFAULT_FAIRNESS,
                RateLimiterMode.WRITES_ONLY,
                false);
    }

    Cache cache() {
        return cache;
    }

    WriteBufferManager writeBuffers() {
        return writeBuffers;
    }

    RateLimiter rateLimiter() {
        return rateLimiter;
    }

    @Override
    public void close() {
        rateLimiter.close();
        writeBuffers.close();
        cache.close();
    }
}
