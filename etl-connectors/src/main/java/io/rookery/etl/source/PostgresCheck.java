package io.rookery.etl.source;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Looks whether a PostgreSQL can be followed; every complaint has the SQL that mends it. Changes nothing. */
final class PostgresCheck {
    private final PostgresConnection settings;
    private final List<String> tables;
    private final Connection connection;
    private final List<String> problems = new ArrayList<>();

    private PostgresCheck(PostgresConnection settings, List<String> tables, Connection connection) {
        this.settings = settings;
        this.tables = tables;
        this.connection = connection;
    }

    static List<String> run(PostgresConnection settings, List<String> tables, Connection connection)
            throws SQLException {
        PostgresCheck check = new PostgresCheck(settings, tables, connection);
        check.level();
        check.role();
        check.slots();
        for (String table : tables) {
            check.table(table);
        }
        if (check.problems.isEmpty()) {
            check.publication();
        }
        return check.problems;
    }

    private void level() throws SQLException {
        String level = text("SELECT current_setting('wal_level')");
        if (!"logical".equals(level)) {
            problems.add("Expected wal_level 'logical' but found '" + level
                    + "'. Run: ALTER SYSTEM SET wal_level = 'logical'; and restart the server");
        }
    }

    private void role() throws SQLException {
        if (!yes("SELECT rolreplication OR rolsuper FROM pg_roles WHERE rolname = current_user")) {
            problems.add("The user " + settings.user() + " may not replicate. Run: ALTER ROLE " + quote(settings.user())
                    + " REPLICATION;");
        }
    }

    private void slots() throws SQLException {
        boolean free = yes(
                "SELECT count(*) < current_setting('max_replication_slots')::int"
                        + " OR bool_or(slot_name = ?) FROM pg_replication_slots",
                settings.slot());
        if (!free) {
            String all = text("SELECT current_setting('max_replication_slots')");
            problems.add("All " + all + " replication slots are taken. Run: ALTER SYSTEM SET max_replication_slots = "
                    + (Integer.parseInt(all) + 4) + "; and restart the server");
        }
    }

    private void table(String table) throws SQLException {
        String name = quoted(table);
        if (text("SELECT to_regclass(?)::text", name) == null) {
            problems.add("The table " + table + " does not exist in the database " + settings.database());
            return;
        }
        if (!yes("SELECT has_table_privilege(?, 'SELECT')", name)) {
            problems.add("The user " + settings.user() + " may not read " + table + ". Run: GRANT USAGE ON SCHEMA "
                    + name.substring(0, name.indexOf("\".\"") + 1) + " TO " + quote(settings.user())
                    + "; GRANT SELECT ON " + name + " TO " + quote(settings.user()) + ';');
        }
        boolean identified = yes(
                "SELECT c.relreplident = 'f' OR EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = c.oid"
                        + " AND i.indisprimary) FROM pg_class c WHERE c.oid = ?::regclass",
                name);
        if (!identified) {
            problems.add("The table " + table + " has no primary key, so its updates and deletes do not say which row."
                    + " Run: ALTER TABLE " + name + " REPLICA IDENTITY FULL;");
        }
    }

    /** Whether the publication has all tables, so that the engine need not touch it. */
    static boolean published(PostgresConnection settings, List<String> tables, Connection connection)
            throws SQLException {
        PostgresCheck check = new PostgresCheck(settings, tables, connection);
        for (String table : tables) {
            if (!check.yes(
                    "SELECT EXISTS (SELECT 1 FROM pg_publication_tables WHERE pubname = ?"
                            + " AND format('%I.%I', schemaname, tablename)::regclass = ?::regclass)",
                    settings.slot(), quoted(table))) {
                return false;
            }
        }
        return true;
    }

    private void publication() throws SQLException {
        if (published(settings, tables, connection)
                || yes("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")) {
            return;
        }
        boolean may = yes("SELECT has_database_privilege(current_database(), 'CREATE')");
        for (String table : tables) {
            may &= yes("SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = ?::regclass", quoted(table));
        }
        if (!may) {
            String all = tables.stream().map(PostgresCheck::quoted).collect(Collectors.joining(", "));
            boolean exists = yes("SELECT EXISTS (SELECT 1 FROM pg_publication WHERE pubname = ?)", settings.slot());
            problems.add("The user " + settings.user() + " may not publish the tables. Run as their owner: "
                    + (exists
                            ? "ALTER PUBLICATION " + quote(settings.slot()) + " SET TABLE " + all + ';'
                            : "CREATE PUBLICATION " + quote(settings.slot()) + " FOR TABLE " + all + ';'));
        }
    }

    private boolean yes(String sql, String... values) throws SQLException {
        String text = text(sql, values);
        return "t".equals(text);
    }

    private String text(String sql, String... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setString(i + 1, values[i]);
            }
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next() ? rows.getString(1) : null;
            }
        }
    }

    /** {@code public.orders} → {@code "public"."orders"}. */
    static String quoted(String table) {
        int dot = table.indexOf('.');
        return quote(table.substring(0, dot)) + '.' + quote(table.substring(dot + 1));
    }

    private static String quote(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }
}
