package io.rookery.sinks.sql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.List;
import java.util.Map;

/** Finds which value of a refused document the target did not take, and says so without showing the value. */
record Culprit(Connection connection, TargetSchema schema, SqlTarget target) {

    /** @param changed all rows of the refused document */
    String describe(List<TableRows> changed, SQLException refusal) throws SQLException {
        for (TableRows rows : changed) {
            Map<String, TargetColumn> columns = schema.ready(connection, rows);
            if (columns.isEmpty()) {
                continue;
            }
            List<TargetColumn> filled = new TableWriter(connection, rows, columns, target.mark()).columns();
            for (Map<String, Object> row : rows.rows().values()) {
                for (TargetColumn column : filled) {
                    String text = column.text(row.get(column.name()));
                    SQLException found = text == null ? null : probe(column, text);
                    if (found != null) {
                        return "table " + rows.table().name() + ", column " + column.name() + " of type "
                                + column.type() + SqlFailures.what(found) + ", " + text.length() + " characters";
                    }
                }
            }
        }
        return "table " + tableOf(refusal) + SqlFailures.what(refusal);
    }

    private String tableOf(SQLException refusal) {
        if (refusal instanceof org.postgresql.util.PSQLException psql
                && psql.getServerErrorMessage() != null
                && psql.getServerErrorMessage().getTable() != null) {
            return psql.getServerErrorMessage().getTable();
        }
        return target.tables().size() == 1 ? target.tables().get(0).name().toString() : "unknown";
    }

    /** Whether the value alone is the trouble; a cast to a type with a length cuts, so the length is looked at apart. */
    private SQLException probe(TargetColumn column, String text) throws SQLException {
        int open = column.type().indexOf('(');
        boolean limited = column.type().startsWith("character") && open > 0;
        if (limited) {
            int max = Integer.parseInt(
                    column.type().substring(open + 1, column.type().indexOf(')')));
            if (text.codePointCount(0, text.length()) > max) {
                return new SQLException("too long", "22001");
            }
        }
        Savepoint before = connection.setSavepoint();
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT CAST(CAST(? AS text) AS " + column.type() + ")")) {
            statement.setString(1, text);
            statement.execute();
            return null;
        } catch (SQLException e) {
            if (SqlFailures.ofData(e)) {
                return e;
            }
            throw e;
        } finally {
            connection.rollback(before);
        }
    }
}
