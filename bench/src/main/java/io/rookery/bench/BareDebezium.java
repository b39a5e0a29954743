package io.rookery.bench;

import io.debezium.embedded.Connect;
import io.debezium.embedded.async.ConvertingAsyncEngineBuilderFactory;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.RecordChangeEvent;
import io.debezium.engine.format.ChangeEventFormat;
import io.rookery.samples.servers.EmbeddedPostgresServer;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.connect.source.SourceRecord;

/** A Debezium engine with the queue and batches that a source has, which reads all rows of some tables and drops them. */
final class BareDebezium {
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final EmbeddedPostgresServer postgres;
    private final String database;

    BareDebezium(EmbeddedPostgresServer postgres, String database) {
        this.postgres = postgres;
        this.database = database;
    }

    /** Time from the end of the first batch, whose rows do not count, to the last row. */
    Lap.Done snapshot(String name, List<String> tables, long rows) throws Exception {
        AtomicLong seen = new AtomicLong();
        AtomicLong first = new AtomicLong();
        AtomicLong before = new AtomicLong();
        ExecutorService executor = Executors.newSingleThreadExecutor();
        try (DebeziumEngine<RecordChangeEvent<SourceRecord>> engine = new ConvertingAsyncEngineBuilderFactory()
                .builder(ChangeEventFormat.of(Connect.class))
                .using(settings(name, tables))
                .notifying((records, committer) -> {
                    for (RecordChangeEvent<SourceRecord> event : records) {
                        committer.markProcessed(event);
                    }
                    committer.markBatchFinished();
                    if (first.compareAndSet(0, System.nanoTime())) {
                        before.set(records.size());
                    }
                    seen.addAndGet(records.size());
                })
                .build()) {
            executor.execute(engine);
            Lap.await(() -> seen.get() >= rows, PATIENCE);
            return new Lap.Done(rows - before.get(), System.nanoTime() - first.get());
        } finally {
            executor.shutdownNow();
            executor.awaitTermination(20, TimeUnit.SECONDS);
            forget(name);
        }
    }

    private void forget(String name) throws Exception {
        Lap.await(
                () -> {
                    try {
                        postgres.execute(
                                database,
                                "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = '"
                                        + name + "'",
                                "DROP PUBLICATION IF EXISTS " + name);
                        return true;
                    } catch (java.sql.SQLException e) {
                        return false; // the engine's connection is still closing
                    }
                },
                Duration.ofSeconds(30));
    }

    private Properties settings(String name, List<String> tables) {
        Properties settings = new Properties();
        settings.setProperty("name", name);
        settings.setProperty("connector.class", "io.debezium.connector.postgresql.PostgresConnector");
        settings.setProperty("topic.prefix", name);
        settings.setProperty("bootstrap.servers", "none:1"); // asked for by Connect's configuration, never contacted
        settings.setProperty("offset.storage", "org.apache.kafka.connect.storage.MemoryOffsetBackingStore");
        settings.setProperty("database.hostname", "localhost");
        settings.setProperty("database.port", String.valueOf(postgres.port()));
        settings.setProperty("database.dbname", database);
        settings.setProperty("database.user", EmbeddedPostgresServer.USER);
        settings.setProperty("database.password", EmbeddedPostgresServer.PASSWORD);
        settings.setProperty("plugin.name", "pgoutput");
        settings.setProperty("slot.name", name);
        settings.setProperty("publication.name", name);
        settings.setProperty("publication.autocreate.mode", "filtered");
        settings.setProperty("table.include.list", String.join(",", tables));
        settings.setProperty("snapshot.mode", "initial");
        settings.setProperty("snapshot.fetch.size", "2000");
        settings.setProperty("decimal.handling.mode", "precise");
        settings.setProperty("max.batch.size", "1000");
        settings.setProperty("max.queue.size", "2000");
        settings.setProperty("max.queue.size.in.bytes", String.valueOf(32 << 20));
        settings.setProperty("poll.interval.ms", "5");
        settings.setProperty("record.processing.threads", "1");
        return settings;
    }
}
