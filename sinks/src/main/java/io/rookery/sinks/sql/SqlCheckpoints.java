package io.rookery.sinks.sql;

import io.rookery.api.Checkpoint;
import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * A task's rows of {@code rookery_checkpoint}; the last retried change has a row of its own under
 * {@code TASK#retried}. Everything happens in the caller's transaction, and locks the row until its end.
 */
record SqlCheckpoints(String task, int shard) {
    static final String DDL =
            "CREATE TABLE IF NOT EXISTS rookery_checkpoint (task text NOT NULL, shard integer NOT NULL,"
                    + " epoch bigint NOT NULL, sequence bigint NOT NULL, updated_at timestamptz NOT NULL DEFAULT now(),"
                    + " PRIMARY KEY (task, shard))";
    private static final String SAVE = "INSERT INTO rookery_checkpoint (task, shard, epoch, sequence, updated_at)"
            + " VALUES (?, ?, ?, ?, now()) ON CONFLICT (task, shard) DO UPDATE SET epoch = EXCLUDED.epoch,"
            + " sequence = EXCLUDED.sequence, updated_at = EXCLUDED.updated_at";

    /** Makes the table if it is not there; a user without the right to do so can make it by hand. */
    void prepare(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            boolean there;
            try (ResultSet found = statement.executeQuery("SELECT to_regclass('rookery_checkpoint') IS NOT NULL")) {
                there = found.next() && found.getBoolean(1);
            }
            if (!there) {
                // two tasks may come at once, and IF NOT EXISTS alone lets one of them fail
                statement.execute("SELECT pg_advisory_xact_lock(hashtext('rookery_checkpoint'))");
                statement.execute(DDL);
            }
        }
    }

    /** Raises the epoch and gives what is recorded. */
    Checkpoint open(Connection connection, long epoch) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("INSERT INTO rookery_checkpoint (task, shard, epoch, sequence)"
                        + " VALUES (?, ?, ?, 0) ON CONFLICT (task, shard) DO NOTHING")) {
            statement.setString(1, task);
            statement.setInt(2, shard);
            statement.setLong(3, epoch);
            statement.executeUpdate();
        }
        Checkpoint found = lock(connection, epoch);
        save(connection, task, epoch, found.sequence());
        return found.sequence() == 0 && found.retried() == 0 ? Checkpoint.NONE : found;
    }

    /** @throws RookeryException FENCED when a higher epoch has been here */
    Checkpoint lock(Connection connection, long epoch) throws SQLException {
        long foundEpoch = 0;
        long sequence = 0;
        long retried = 0;
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT task, epoch, sequence FROM rookery_checkpoint"
                        + " WHERE task IN (?, ?) AND shard = ? ORDER BY task FOR UPDATE")) {
            statement.setString(1, task);
            statement.setString(2, retriedTask());
            statement.setInt(3, shard);
            try (ResultSet found = statement.executeQuery()) {
                while (found.next()) {
                    foundEpoch = Math.max(foundEpoch, found.getLong(2));
                    if (found.getString(1).equals(task)) {
                        sequence = found.getLong(3);
                    } else {
                        retried = found.getLong(3);
                    }
                }
            }
        }
        if (foundEpoch > epoch) {
            throw new RookeryException(
                    ErrorCode.FENCED,
                    "Expected epoch " + foundEpoch + " or later of task " + task + " in the target but found " + epoch);
        }
        return new Checkpoint(foundEpoch, sequence, retried);
    }

    void save(Connection connection, Checkpoint checkpoint, long epoch) throws SQLException {
        save(connection, task, epoch, checkpoint.sequence());
        if (checkpoint.retried() != 0) {
            save(connection, retriedTask(), epoch, checkpoint.retried());
        }
    }

    /** A replay: the sequence number goes down, and a change retried before may come to be retried again. */
    void goBack(Connection connection, Checkpoint checkpoint, long epoch) throws SQLException {
        save(connection, task, epoch, checkpoint.sequence());
        save(connection, retriedTask(), epoch, 0);
    }

    private String retriedTask() {
        return task + "#retried";
    }

    private void save(Connection connection, String name, long epoch, long sequence) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(SAVE)) {
            statement.setString(1, name);
            statement.setInt(2, shard);
            statement.setLong(3, epoch);
            statement.setLong(4, sequence);
            statement.executeUpdate();
        }
    }
}
