package io.rookery.etl.source;

import io.rookery.api.ErrorCode;
import io.rookery.api.Json;
import io.rookery.api.RookeryException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;

/** Our replication slot at the source: what it still holds for us, compared with the place that we remember. */
final class ReplicationSlot {
    private final PostgresConnection settings;
    private final Connection connection;

    ReplicationSlot(PostgresConnection settings, Connection connection) {
        this.settings = settings;
        this.connection = connection;
    }

    private record State(boolean active, boolean lost, long confirmed) {}

    /**
     * Removes the slot, so that the engine makes a new one together with its snapshot: rows and stream then meet without
     * gap or overlap.
     *
     * @throws RookeryException SOURCE_UNREACHABLE while somebody reads from the slot
     */
    void drop() throws SQLException {
        State state = state();
        if (state == null) {
            return;
        }
        if (state.active) {
            throw new RookeryException(
                    ErrorCode.SOURCE_UNREACHABLE,
                    "The replication slot " + settings.slot() + " of " + settings + " is in use by another reader");
        }
        try (PreparedStatement statement = connection.prepareStatement("SELECT pg_drop_replication_slot(?)")) {
            statement.setString(1, settings.slot());
            statement.execute();
        }
    }

    /** @throws RookeryException SOURCE_POSITION_LOST when changes behind the offset may be gone */
    void require(Json offset) throws SQLException {
        State state = state();
        if (state == null) {
            throw lost("does not exist any more");
        }
        if (state.lost) {
            throw lost("was given up by the server, because it kept more than max_slot_wal_keep_size");
        }
        long known = place(offset.asObject());
        if (Long.compareUnsigned(state.confirmed, known) > 0) {
            throw lost("begins at " + lsn(state.confirmed) + ", behind the place " + lsn(known)
                    + " that was read last: it was made anew or moved by somebody else");
        }
    }

    private RookeryException lost(String what) {
        return new RookeryException(
                ErrorCode.SOURCE_POSITION_LOST,
                "The replication slot " + settings.slot() + " of " + settings + ' ' + what
                        + ". Changes may be missing, so nothing is read. The way out is a resync: the tables are read"
                        + " again and compared with the stored rows, and only differences become changes");
    }

    /** The newest place that an offset names. */
    private static long place(Map<String, Object> offset) {
        long newest = 0;
        for (String field : new String[] {"lsn", "lsn_proc", "lsn_commit"}) {
            if (offset.get(field) instanceof Number number && Long.compareUnsigned(number.longValue(), newest) > 0) {
                newest = number.longValue();
            }
        }
        return newest;
    }

    private State state() throws SQLException {
        String sql = "SELECT active, wal_status, (confirmed_flush_lsn - '0/0'::pg_lsn)::bigint"
                + " FROM pg_replication_slots WHERE slot_name = ?";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, settings.slot());
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next()
                        ? new State(rows.getBoolean(1), "lost".equals(rows.getString(2)), rows.getLong(3))
                        : null;
            }
        }
    }

    private static String lsn(long value) {
        return String.format("%X/%X", value >>> 32, value & 0xFFFFFFFFL);
    }
}
