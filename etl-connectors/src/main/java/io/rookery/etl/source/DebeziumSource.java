package io.rookery.etl.source;

import io.debezium.embedded.Connect;
import io.debezium.embedded.async.ConvertingAsyncEngineBuilderFactory;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.DebeziumEngine.RecordCommitter;
import io.debezium.engine.RecordChangeEvent;
import io.debezium.engine.format.ChangeEventFormat;
import io.rookery.api.ErrorCode;
import io.rookery.api.Json;
import io.rookery.api.RookeryException;
import io.rookery.api.Source;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.connect.source.SourceRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows a PostgreSQL by logical replication: first all rows of the tables, then every change, in commit order.
 *
 * <p>A place is confirmed to the server only after the consumer returned for it, so the server keeps what we have not
 * committed. Records come in bounded batches from a bounded queue, whatever the size of a transaction. Runs once:
 * {@link #run} in one thread, {@link #close} from any.
 */
final class DebeziumSource implements Source {
    private static final Logger LOG = LoggerFactory.getLogger(DebeziumSource.class);

    private final PostgresConnection connection;
    private final List<String> tables;
    private final AtomicReference<DebeziumEngine<?>> engine = new AtomicReference<>();
    private volatile boolean closed;

    DebeziumSource(PostgresConnection connection, List<String> tables) {
        this.connection = connection;
        this.tables = tables;
    }

    @Override
    public void run(Json offset, Consumer consumer) {
        boolean published = prepare(offset);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        DebeziumEngine<RecordChangeEvent<SourceRecord>> started =
                engine(EngineSettings.of(connection, tables, offset, published), consumer, failure);
        engine.set(started);
        if (closed) {
            return;
        }
        try {
            started.run();
        } catch (LinkageError e) {
            throw SourceFailures.of(connection, e);
        }
        if (!closed) {
            throw SourceFailures.of(
                    connection,
                    failure.get() == null ? new IOException("the engine ended without a reason") : failure.get());
        }
    }

    private static DebeziumEngine<RecordChangeEvent<SourceRecord>> engine(
            Properties settings, Consumer consumer, AtomicReference<Throwable> failure) {
        RecordBatches batches = new RecordBatches(consumer);
        return new ConvertingAsyncEngineBuilderFactory()
                .builder(ChangeEventFormat.of(Connect.class))
                .using(settings)
                .using((success, message, error) -> {
                    if (!success) {
                        failure.compareAndSet(null, error == null ? new IllegalStateException(message) : error);
                    }
                })
                .notifying((records, committer) -> handle(records, committer, batches, failure))
                .build();
    }

    private static void handle(
            List<RecordChangeEvent<SourceRecord>> records,
            RecordCommitter<RecordChangeEvent<SourceRecord>> committer,
            RecordBatches batches,
            AtomicReference<Throwable> failure)
            throws InterruptedException {
        try {
            batches.accept(records, committer);
        } catch (RuntimeException e) {
            failure.compareAndSet(null, e); // the engine wraps it; the first cause is ours
            throw e;
        }
    }

    /** Whether the publication has all tables already. */
    private boolean prepare(Json offset) {
        try (Connection opened = connection.open()) {
            List<String> problems = PostgresCheck.run(connection, tables, opened);
            if (!problems.isEmpty()) {
                throw new RookeryException(ErrorCode.SOURCE_REFUSED, connection + ": " + String.join("; ", problems));
            }
            ReplicationSlot slot = new ReplicationSlot(connection, opened);
            if (offset == null) {
                slot.drop();
            } else {
                slot.require(offset);
            }
            return PostgresCheck.published(connection, tables, opened);
        } catch (SQLException e) {
            throw SourceFailures.of(connection, e);
        }
    }

    @Override
    public void close() {
        closed = true;
        DebeziumEngine<?> running = engine.getAndSet(null);
        if (running != null) {
            try {
                running.close();
            } catch (IOException | IllegalStateException e) {
                LOG.debug("The engine of {} was not running any more", connection, e);
            }
        }
    }
}
