package io.rookery.sinks.sql;

import io.rookery.api.Batch;
import io.rookery.api.Checkpoint;
import io.rookery.api.RejectedChangeException;
import io.rookery.api.RookeryException;
import io.rookery.api.Sink;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Delivers documents as rows. One thread; one connection, opened again after a failure. A batch, what it deletes and
 * its checkpoint are one transaction, and a batch that the target has already is passed over, until an empty batch with
 * a lower checkpoint says that the task is replayed.
 *
 * <p>All tables of a batch are first cleared of rows that vanished, children before parents, then filled, parents
 * before children. When the target refuses a row, the batch is repeated document by document to find whose it is.
 */
final class SqlSink implements Sink {
    /** A piece of work in a transaction. */
    @FunctionalInterface
    private interface Work<T> {
        T run(Connection connection) throws SQLException;
    }

    private final SqlCheckpoints checkpoints;
    private final SqlTarget target;
    private final PostgresConnection postgres;
    private final TargetSchema schema;
    private final ReentrantLock evaluating = new ReentrantLock();
    private Connection connection;
    private long epoch = -1;

    SqlSink(SqlCheckpoints checkpoints, SqlTarget target, PostgresConnection postgres) {
        this.checkpoints = checkpoints;
        this.target = target;
        this.postgres = postgres;
        this.schema = new TargetSchema(target);
    }

    @Override
    public Checkpoint open(long newEpoch) {
        try {
            Checkpoint found = transaction(open -> {
                checkpoints.prepare(open);
                if (target.schema().equals("validate")) {
                    schema.validate(open);
                }
                return checkpoints.open(open, newEpoch);
            });
            epoch = newEpoch;
            return found;
        } catch (SQLException e) {
            throw SqlFailures.of(e, postgres);
        }
    }

    @Override
    public void write(Batch batch) {
        prepare(batch).write();
    }

    @Override
    public Prepared prepare(Batch batch) {
        Collection<DocumentState> states = DocumentState.reduce(batch.changes());
        List<TableRows> rows = evaluated(() -> rows(states));
        return () -> write(batch, states, rows);
    }

    /** In the rare case that a batch is taken apart, its writer evaluates too. */
    private <T> T evaluated(Supplier<T> values) {
        evaluating.lock();
        try {
            return values.get();
        } finally {
            evaluating.unlock();
        }
    }

    /** By table, parents first. */
    private List<TableRows> rows(Collection<DocumentState> states) {
        states.forEach(state -> state.all().forEach(target::refuseUnknownTable));
        return target.tables().stream()
                .map(table -> TableRows.of(table, states, target.deletes()))
                .filter(rows -> !rows.rows().isEmpty() || !rows.owners().isEmpty())
                .toList();
    }

    private void write(Batch batch, Collection<DocumentState> states, List<TableRows> rows) {
        if (epoch < 0) {
            throw new IllegalStateException("Expected an open sink for the task " + batch.task());
        }
        try {
            writeAll(batch, states, rows);
        } catch (SQLException e) {
            throw SqlFailures.of(e, postgres);
        }
    }

    private void writeAll(Batch batch, Collection<DocumentState> states, List<TableRows> rows) throws SQLException {
        try {
            write(batch, open -> {
                apply(open, rows);
                return null;
            });
        } catch (SQLException e) {
            if (!SqlFailures.ofData(e)) {
                throw e;
            }
            write(batch, open -> {
                for (DocumentState state : states) {
                    applyOne(open, state);
                }
                return null;
            });
        }
    }

    private void write(Batch batch, Work<Void> rows) throws SQLException {
        transaction(open -> {
            Checkpoint stored = checkpoints.lock(open, epoch);
            if (isReplay(stored, batch)) {
                checkpoints.goBack(open, batch.checkpoint(), epoch);
            } else if (!delivered(stored, batch.checkpoint())) {
                rows.run(open);
                checkpoints.save(open, batch.checkpoint(), epoch);
            }
            return null;
        });
    }

    /** The owner says with an empty batch that what lies behind its checkpoint will come again. */
    private static boolean isReplay(Checkpoint stored, Batch batch) {
        return batch.changes().isEmpty() && batch.checkpoint().sequence() < stored.sequence();
    }

    /** A commit whose answer was lost is asked for again; the target knows better. */
    private static boolean delivered(Checkpoint stored, Checkpoint batch) {
        return batch.sequence() < stored.sequence()
                || (batch.sequence() == stored.sequence()
                        && batch.sequence() > 0
                        && (batch.retried() == 0 || batch.retried() == stored.retried()));
    }

    private void apply(Connection open, List<TableRows> changed) throws SQLException {
        List<TableWriter> writers = new ArrayList<>();
        for (TableRows rows : changed) {
            Map<String, TargetColumn> columns = schema.ready(open, rows);
            writers.add(new TableWriter(open, rows, columns, target.mark()));
        }
        for (int i = writers.size() - 1; i >= 0; i--) {
            writers.get(i).delete();
        }
        for (TableWriter writer : writers) {
            writer.upsert();
        }
    }

    private void applyOne(Connection open, DocumentState state) throws SQLException {
        Savepoint before = open.setSavepoint();
        try {
            apply(open, evaluated(() -> rows(List.of(state))));
            open.releaseSavepoint(before);
        } catch (SQLException e) {
            if (!SqlFailures.ofData(e)) {
                throw e;
            }
            open.rollback(before);
            List<TableRows> rows = evaluated(() -> rows(List.of(state)));
            String culprit = new Culprit(open, schema, target).describe(rows, e);
            // no cause: the server's own message may quote the value
            throw new RejectedChangeException(
                    state.last().sequence(),
                    "The target refuses " + state.last().id() + ": " + culprit,
                    null);
        }
    }

    private <T> T transaction(Work<T> work) throws SQLException {
        boolean done = false;
        try {
            if (connection == null) {
                connection = postgres.open();
            }
            T result = work.run(connection);
            connection.commit();
            done = true;
            return result;
        } catch (SQLException e) {
            if (!SqlFailures.ofData(e)) {
                disconnect();
            }
            throw e;
        } finally {
            if (!done) {
                schema.forget();
                rollback();
            }
        }
    }

    private void rollback() {
        try {
            if (connection != null) {
                connection.rollback();
            }
        } catch (SQLException e) {
            disconnect(); // the server rolls back what lost its connection
        }
    }

    private void disconnect() {
        Connection old = connection;
        connection = null;
        if (old != null) {
            try {
                old.close();
            } catch (SQLException e) {
                throw new RookeryException(
                        io.rookery.api.ErrorCode.SINK_UNREACHABLE,
                        "The connection to " + postgres + " did not close",
                        e);
            }
        }
    }

    @Override
    public void close() {
        epoch = -1;
        disconnect();
    }
}
