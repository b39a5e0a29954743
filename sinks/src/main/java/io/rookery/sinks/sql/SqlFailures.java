package io.rookery.sinks.sql;

import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import io.rookery.api.TransientSinkException;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Set;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** What an SQLState means: the change's fault, the user's to mend, or gone by itself. */
final class SqlFailures {
    /** Read-only after a failover, a lock not given in time, a plan that the table outgrew. */
    private static final Set<String> PASSING = Set.of("25006", "55P03", "0A000", "25P03", "25P02");

    private SqlFailures() {}

    /** Whether one row is to blame: class 22 data, 23 constraint, 21 twice the same row, 54 too large for an index. */
    static boolean ofData(SQLException e) {
        String state = state(e);
        return state.startsWith("22")
                || state.startsWith("23")
                || state.startsWith("21")
                || state.startsWith("54")
                || noText(e);
    }

    /** The driver itself refuses NUL in a text, without a state of its own. */
    private static boolean noText(SQLException e) {
        return Objects.toString(e.getMessage(), "").contains("Zero bytes");
    }

    static RookeryException of(SQLException e, Object connection) {
        String state = state(e);
        if (PASSING.contains(state) || state.matches("(08|40|53|57|58|XX).*") || state.isEmpty()) {
            return new TransientSinkException(
                    "The target " + connection + " cannot take rows now (" + state + "): " + e.getMessage(), e);
        }
        return new RookeryException(ErrorCode.SINK_REFUSED, advice(state, connection) + ": " + e.getMessage(), e);
    }

    private static String advice(String state, Object connection) {
        return switch (state) {
            case "28P01", "28000" -> "The target " + connection + " refuses the user or password; see the connection";
            case "3D000" -> "The database of " + connection + " does not exist; create it or correct the connection";
            case "42P01", "3F000" -> "A table or schema is missing; create it, or set 'schema: create'";
            case "42703" -> "A column is missing; add it, or set 'schema: evolve'";
            case "42501" ->
                "The user lacks a right; grant it, or create the tables by hand. rookery_checkpoint is made by: "
                        + SqlCheckpoints.DDL;
            case "42P10" -> "A table needs a primary key or unique constraint on exactly the columns of 'key:'";
            default -> "The target " + connection + " refuses (" + state + ")";
        };
    }

    /** What went wrong with a row, in words without its values. */
    static String what(SQLException e) {
        String state = state(e);
        ServerErrorMessage server = e instanceof PSQLException psql ? psql.getServerErrorMessage() : null;
        String column = server == null || server.getColumn() == null ? "" : ", column " + server.getColumn();
        String constraint = server == null || server.getConstraint() == null ? "" : " '" + server.getConstraint() + "'";
        String text =
                switch (state) {
                    case "22001" -> "a value is too long";
                    case "22003" -> "a number is out of range";
                    case "22021", "22P05" ->
                        "a text holds a character that the database cannot store, such as NUL (U+0000)";
                    case "22007", "22008" -> "a value is no valid time";
                    case "22P02" -> "a value does not fit the column's type";
                    case "23502" -> "no value where one is required";
                    case "23503" -> "the foreign key" + constraint + " finds no row";
                    case "23505" -> "the unique constraint" + constraint + " has the value already";
                    case "23514" -> "the check" + constraint + " does not hold";
                    case "54000" -> "a value is too large for an index";
                    default -> "the row is refused";
                };
        return column + ": " + (noText(e) ? "a text holds NUL (U+0000), which the database cannot store" : text) + " ("
                + (state.isEmpty() ? "driver" : state) + ')';
    }

    private static String state(SQLException e) {
        return Objects.toString(e.getSQLState(), "");
    }
}
