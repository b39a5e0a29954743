package io.rookery.bench;

import io.rookery.api.Document;
import io.rookery.cluster.ReplicatedStore;
import io.rookery.store.StoreCopy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksIterator;

/**
 * How fast all documents of 1 KB are read in the order of their ids, in pages, next to a bare iterator of RocksDB over the
 * same files with as much cache, which looks at keys and values and makes nothing of them.
 */
final class ScanMeasure implements Measure {
    private static final int PAGE = 1_000;
    private static final String FAMILY = "docs";
    private static final double AGAINST_ITERATOR = 0.3;

    @Override
    public String name() {
        return "scan";
    }

    @Override
    public List<Result> run(Session session) throws Exception {
        Path folder = session.folder("scan");
        Path copy = folder.resolve("A").resolve("copy-for-scan");
        try (Nodes nodes = Nodes.start(folder, 1)) {
            ReplicatedStore store = nodes.database("bench");
            FeedMeasure.fill(store, session.pace().documents());
            try (StoreCopy checkpoint = nodes.copy(store, copy);
                    RawScan raw = RawScan.open(copy)) {
                session.tell("  %d changes in the files", checkpoint.head());
                Map<String, Double> found = new Duel()
                        .side("documents", Lap.laps(() -> lap(store)))
                        .side("raw iterator", Lap.laps(raw::lap))
                        .run(session);
                return List.of(Result.of("scan", found.get("documents"), "docs/s")
                        .against(found.get("raw iterator"), AGAINST_ITERATOR));
            }
        }
    }

    private static Lap.Done lap(ReplicatedStore store) {
        long start = System.nanoTime();
        long documents = 0;
        String after = null;
        for (List<Document> page = store.documentsFrom("", after, PAGE);
                !page.isEmpty();
                page = store.documentsFrom("", after, PAGE)) {
            for (Document document : page) {
                documents += document.body().size() > 0 ? 1 : 0;
            }
            after = page.get(page.size() - 1).id();
        }
        return new Lap.Done(documents, System.nanoTime() - start);
    }

    /** The files of a checkpoint, opened as RocksDB alone would. */
    private record RawScan(LRUCache cache, DBOptions options, RocksDB db, ColumnFamilyHandle documents)
            implements AutoCloseable {
        static RawScan open(Path checkpoint) throws Exception {
            LRUCache cache = new LRUCache(Nodes.BLOCK_CACHE);
            List<ColumnFamilyDescriptor> families = new ArrayList<>();
            try (Options any = new Options()) {
                for (byte[] name : RocksDB.listColumnFamilies(any, checkpoint.toString())) {
                    families.add(new ColumnFamilyDescriptor(
                            name,
                            new ColumnFamilyOptions()
                                    .setTableFormatConfig(new BlockBasedTableConfig().setBlockCache(cache))));
                }
            }
            List<ColumnFamilyHandle> handles = new ArrayList<>();
            DBOptions options = new DBOptions();
            RocksDB db = RocksDB.openReadOnly(options, checkpoint.toString(), families, handles);
            for (int i = 0; i < families.size(); i++) {
                if (new String(families.get(i).getName(), StandardCharsets.UTF_8).equals(FAMILY)) {
                    return new RawScan(cache, options, db, handles.get(i));
                }
            }
            throw new IllegalStateException("Expected a column family '" + FAMILY + "' in " + checkpoint);
        }

        Lap.Done lap() {
            long start = System.nanoTime();
            long documents = 0;
            try (RocksIterator rows = db.newIterator(documents())) {
                for (rows.seekToFirst(); rows.isValid(); rows.next()) {
                    documents += rows.key().length > 0 && rows.value().length > 0 ? 1 : 0;
                }
            }
            return new Lap.Done(documents, System.nanoTime() - start);
        }

        @Override
        public void close() {
            documents.close();
            db.close();
            options.close();
            cache.close();
        }
    }
}
