package io.rookery.server.backup;

import io.rookery.api.Due;
import io.rookery.api.RookeryException;
import io.rookery.api.Transaction;
import io.rookery.api.Write;
import io.rookery.cluster.Consistency;
import io.rookery.cluster.ShardAccess;
import io.rookery.cluster.ShardedDatabase;
import io.rookery.server.backup.BackupManifest.Part;
import io.rookery.server.backup.BackupManifest.Section;
import io.rookery.store.CompareExchangeValue;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * Writes a chain of backups into a new database, document by document, each with the time that it had and into the shard
 * that it belongs to there. Doing a part of it twice comes to the same state, so that it goes on after any failure. One
 * thread.
 */
final class Restore {
    /** In the first format, a restored database's own note of where it came from. */
    private static final String NOTE = "@restore";

    private static final int MOST_AT_ONCE = 500;
    private static final long MOST_BYTES = 4L << 20;
    private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(2);

    private final BackupArchive archive;
    private final ShardedDatabase database;
    private final RestorePoint point;
    private final LongConsumer written;
    /** Of one document only the last write, where nobody keeps its versions; in the order of the first. */
    private final Map<String, Waiting> waiting = new LinkedHashMap<>();

    /** Keys and values to compare, of which the present indexes are asked together. */
    private final List<PartReader.Item> exchanges = new ArrayList<>();

    private long bytes;
    private boolean passed;
    private boolean sameShards;
    private boolean everyVersion;

    private record Waiting(ShardAccess shard, Transaction transaction) {}

    /** @param written told how many records more were written */
    Restore(BackupArchive archive, ShardedDatabase database, RestorePoint point, LongConsumer written) {
        this.archive = archive;
        this.database = database;
        this.point = point;
        this.written = written;
    }

    /** @param chain what is needed for the point, the full one first */
    void write(List<BackupManifest> chain) throws IOException {
        sameShards = numbers(chain.get(0)).equals(numbers(database));
        everyVersion = chain.stream().anyMatch(BackupManifest::keepsRevisions);
        for (BackupManifest.Shard shard : chain.get(0).shards()) {
            passed = false;
            documents(chain.get(0), shard.number());
            for (BackupManifest next : chain.subList(1, chain.size())) {
                each(next, shard.number(), Section.REVISIONS, this::put);
                changes(next, next.shard(shard.number()));
            }
            rest(chain, shard.number());
        }
    }

    private static List<Integer> numbers(BackupManifest backup) {
        return backup.shards().stream().map(BackupManifest.Shard::number).toList();
    }

    private static List<Integer> numbers(ShardedDatabase database) {
        return database.all().stream().map(ShardAccess::number).toList();
    }

    private void documents(BackupManifest full, int shard) throws IOException {
        each(full, shard, Section.REVISIONS, this::put);
        each(full, shard, Section.DOCUMENTS, this::put);
    }

    private void changes(BackupManifest backup, BackupManifest.Shard shard) throws IOException {
        if (point.sequence() != null) {
            RestorePoint.requireRestorable(backup, shard, Math.min(point.sequence(), shard.to()));
        }
        for (Part part : backup.parts(shard.number(), Section.CHANGES)) {
            try (Fetched fetched = archive.fetch(backup, part);
                    PartReader records = new PartReader(fetched.file())) {
                for (var record = records.next(); record != null && !passed; record = records.next()) {
                    long sequence = record.number("sequence");
                    passed = point.isBefore(sequence, record.number("timestamp"));
                    if (passed && point.sequence() == null) {
                        RestorePoint.requireRestorable(backup, shard, sequence - 1);
                    } else if (!passed) {
                        put(record);
                    }
                }
            }
        }
        flush();
    }

    private void put(PartReader.Item item) {
        String id = item.text("id");
        if (everyVersion && waiting.containsKey(id)) {
            flush();
        }
        Write write = item.body() == null
                ? new Write.DeleteDocument(id, null)
                : new Write.PutDocument(id, item.text("collection"), item.body(), null, due(item));
        put(
                id,
                new Waiting(database.of(id), Transaction.of(List.of(write), item.number("timestamp"))),
                item.body() == null ? 0 : item.body().size());
    }

    private static Due due(PartReader.Item item) {
        return item.line().containsKey("expires") ? new Due(item.number("expires"), item.number("refresh")) : Due.NEVER;
    }

    /** What is no document: as it was at the last end of a backup that is not beyond the point; numbers only go up. */
    private void rest(List<BackupManifest> chain, int shard) throws IOException {
        BackupManifest newest = chain.get(chain.size() - 1);
        BackupManifest whole = passed ? chain.get(chain.size() - 2) : newest;
        if (!passed) {
            each(whole, shard, Section.ENTRIES, record -> entry(record, shard, whole));
        }
        each(whole, shard, Section.COMPARE_EXCHANGE, record -> {
            exchanges.add(record);
            if (exchanges.size() >= MOST_AT_ONCE) {
                putExchanges(whole);
            }
        });
        putExchanges(whole);
        each(newest, shard, Section.IDENTITIES, record -> {
            String prefix = record.text("prefix");
            put(database.of(prefix), new Write.SeedNumber(prefix, record.number("value"), false), newest);
        });
    }

    /** What tasks keep in their shard stays in it; where shards are others, it goes to the first one, as a source's does. */
    private void entry(PartReader.Item record, int shard, BackupManifest backup) {
        String key = record.text("key");
        if (!key.startsWith(NOTE)) {
            byte[] value = Base64.getDecoder().decode(record.text("value"));
            ShardAccess to = sameShards ? database.shard(shard) : database.all().get(0);
            put(to, new Write.PutEntry(key, value), backup);
        }
    }

    private void putExchanges(BackupManifest backup) {
        List<String> keys = exchanges.stream().map(record -> record.text("key")).toList();
        if (!keys.isEmpty()) {
            List<Optional<CompareExchangeValue>> found =
                    database.exchanges(Consistency.LINEARIZABLE, keys).join().value();
            for (int i = 0; i < keys.size(); i++) {
                PartReader.Item record = exchanges.get(i);
                long index = found.get(i).map(CompareExchangeValue::index).orElse(0L);
                put(
                        database.of(keys.get(i)),
                        new Write.PutCompareExchange(keys.get(i), record.body(), index, record.number("expires")),
                        backup);
            }
        }
        exchanges.clear();
        flush();
    }

    private void each(BackupManifest backup, int shard, Section section, Consumer<PartReader.Item> reading)
            throws IOException {
        for (Part part : backup.parts(shard, section)) {
            try (Fetched fetched = archive.fetch(backup, part);
                    PartReader records = new PartReader(fetched.file())) {
                for (var record = records.next(); record != null; record = records.next()) {
                    reading.accept(record);
                }
            }
        }
        flush();
    }

    /** What is no document: each comes once. */
    private void put(ShardAccess shard, Write write, BackupManifest backup) {
        put(
                shard.number() + "/" + waiting.size(),
                new Waiting(shard, Transaction.of(List.of(write), backup.taken())),
                256);
    }

    private void put(String place, Waiting write, long size) {
        waiting.put(place, write);
        bytes += size;
        if (waiting.size() >= MOST_AT_ONCE || bytes >= MOST_BYTES) {
            flush();
        }
    }

    /** Waits until all that was put is written; what fails for a while is tried again for a while. */
    private void flush() {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        List<Waiting> left = new ArrayList<>(waiting.values());
        while (!left.isEmpty()) {
            List<CompletableFuture<?>> answers = new ArrayList<>();
            left.forEach(write -> answers.add(write.shard().commit(write.transaction())));
            List<Waiting> again = new ArrayList<>();
            for (int i = 0; i < answers.size(); i++) {
                try {
                    answers.get(i).join();
                } catch (CompletionException e) {
                    boolean passing = e.getCause() instanceof RookeryException failure
                            && failure.code().type().retryable();
                    if (!passing || System.nanoTime() - deadline > 0) {
                        throw e;
                    }
                    again.add(left.get(i));
                }
            }
            left = again;
            if (!left.isEmpty()) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
            }
        }
        written.accept(waiting.size());
        waiting.clear();
        bytes = 0;
    }
}
