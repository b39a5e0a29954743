package io.rookery.store.rocks;

import java.util.ArrayList;
import java.util.List;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.IndexType;
import org.rocksdb.InfoLogLevel;

/** How every store's RocksDB is set up, and the native objects of it, which live as long as the database. */
final class RocksSettings implements AutoCloseable {
    private static final long MEMTABLE_BYTES = 32L << 20;
    /** Small arenas: an idle shard has five memtables, which would take a megabyte each. */
    private static final long ARENA_BYTES = 128L << 10;

    private final BloomFilter bloom = new BloomFilter(10);
    private final ColumnFamilyOptions familyOptions = new ColumnFamilyOptions();
    private final DBOptions options = new DBOptions();

    private RocksSettings() {}

    /** For a database that is written: no WAL, so all families must be flushed as one. */
    static RocksSettings writable(RocksResources resources) {
        RocksSettings settings = new RocksSettings();
        settings.familyOptions
                .setWriteBufferSize(MEMTABLE_BYTES)
                .setArenaBlockSize(ARENA_BYTES)
                .setMaxWriteBufferNumber(4)
                .setLevelCompactionDynamicLevelBytes(true)
                .setCompressionType(CompressionType.LZ4_COMPRESSION)
                .setBottommostCompressionType(CompressionType.ZSTD_COMPRESSION)
                .setTableFormatConfig(new BlockBasedTableConfig()
                        .setBlockCache(resources.cache())
                        .setBlockSize(16 << 10)
                        .setFilterPolicy(settings.bloom)
                        .setCacheIndexAndFilterBlocks(true)
                        .setCacheIndexAndFilterBlocksWithHighPriority(true)
                        .setPinL0FilterAndIndexBlocksInCache(true)
                        // in parts: a whole one of a large file would be read for one key, and push out all others
                        .setIndexType(IndexType.kTwoLevelIndexSearch)
                        .setPartitionFilters(true)
                        .setPinTopLevelIndexAndFilter(true));
        settings.options
                .setCreateIfMissing(true)
                .setCreateMissingColumnFamilies(true)
                .setAtomicFlush(true)
                .setAvoidFlushDuringShutdown(false)
                .setWriteBufferManager(resources.writeBuffers())
                .setRateLimiter(resources.rateLimiter())
                .setMaxBackgroundJobs(2)
                .setBytesPerSync(1 << 20)
                .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
                .setKeepLogFileNum(2);
        return settings;
    }

    /** For a look at a database that nobody writes. */
    static RocksSettings readOnly() {
        RocksSettings settings = new RocksSettings();
        settings.options.setInfoLogLevel(InfoLogLevel.WARN_LEVEL);
        return settings;
    }

    DBOptions options() {
        return options;
    }

    List<ColumnFamilyDescriptor> families() {
        List<ColumnFamilyDescriptor> families = new ArrayList<>();
        for (Space space : Space.values()) {
            families.add(new ColumnFamilyDescriptor(space.family(), familyOptions));
        }
        return families;
    }

    @Override
    public void close() {
        options.close();
        familyOptions.close();
        bloom.close();
    }
}
