package io.rookery.etl.source;

import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Set;

/** Gives failures of a database and of the engine that reads it their code. */
final class SourceFailures {
    private static final Set<String> GONE_FOR_NOW = Set.of("57P01", "57P02", "57P03", "53300", "55006", "57014");

    /** The engine wanted to tell in a way that this version of Kafka Connect does not have. */
    private static final String ENGINE_REFUSED =
            " could not be followed: the engine found its settings not valid and could not say which. Likely causes: the"
                    + " server went away or has no free connection (max_connections, the role's CONNECTION LIMIT);"
                    + " pg_hba.conf refuses a second connection of this user; the password or tls setting was just"
                    + " changed; wal_level is not logical";

    private SourceFailures() {}

    static RookeryException of(PostgresConnection connection, Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof RookeryException known) {
                return known;
            }
            if (cause instanceof SQLException sql && sql.getSQLState() != null) {
                return of(connection, sql);
            }
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof LinkageError) {
                return new RookeryException(ErrorCode.SOURCE_UNREACHABLE, connection + ENGINE_REFUSED, failure);
            }
            if (cause instanceof IOException) {
                return new RookeryException(
                        ErrorCode.SOURCE_UNREACHABLE, connection + " cannot be reached: " + text(cause), failure);
            }
        }
        return new RookeryException(
                ErrorCode.SOURCE_UNREACHABLE, connection + " stopped answering: " + text(failure), failure);
    }

    private static RookeryException of(PostgresConnection connection, SQLException failure) {
        String state = failure.getSQLState();
        if (state.startsWith("08") || GONE_FOR_NOW.contains(state)) {
            return new RookeryException(
                    ErrorCode.SOURCE_UNREACHABLE, connection + " cannot be reached: " + text(failure), failure);
        }
        if (state.startsWith("28")) {
            return new RookeryException(
                    ErrorCode.SOURCE_REFUSED,
                    connection + " refused the user or the password: " + text(failure),
                    failure);
        }
        return new RookeryException(ErrorCode.SOURCE_REFUSED, connection + ": " + text(failure), failure);
    }

    private static String text(Throwable failure) {
        return failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
    }
}
