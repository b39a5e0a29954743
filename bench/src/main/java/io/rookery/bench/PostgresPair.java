package io.rookery.bench;

import io.rookery.samples.servers.EmbeddedPostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A PostgreSQL with one synchronous standby on the same machine: a commit is answered when it is on the disks of both. The
 * standby begins as a copy of the primary's files, taken while that is stopped.
 */
final class PostgresPair implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    /** Copied with the primary's files, and a server's own. */
    private static final String PROCESS_FILE = "postmaster.pid";

    private static final Map<String, String> SETTINGS = Map.of(
            "wal_level", "replica",
            "synchronous_commit", "on",
            "fsync", "on",
            "max_wal_size", "2GB",
            "shared_buffers", "256MB",
            "max_connections", "300");

    private final EmbeddedPostgresServer primary;
    private final EmbeddedPostgresServer standby;

    private PostgresPair(EmbeddedPostgresServer primary, EmbeddedPostgresServer standby) {
        this.primary = primary;
        this.standby = standby;
    }

    static PostgresPair start(Path folder) throws Exception {
        Path first = folder.resolve("primary");
        Path second = folder.resolve("standby");
        EmbeddedPostgresServer.start(first, SETTINGS).close();
        copy(first.resolve("data"), second.resolve("data"));
        Map<String, String> waiting = new TreeMap<>(SETTINGS);
        waiting.put("synchronous_standby_names", "*");
        EmbeddedPostgresServer primary = EmbeddedPostgresServer.start(first, waiting);
        try {
            follow(second.resolve("data"), primary.port());
            PostgresPair pair = new PostgresPair(primary, EmbeddedPostgresServer.start(second, SETTINGS));
            pair.awaitStandby();
            return pair;
        } catch (Exception e) {
            primary.close();
            throw e;
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to.getParent());
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                if (!file.endsWith(PROCESS_FILE)) {
                    Files.copy(file, to.resolve(from.relativize(file)), StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        }
    }

    private static void follow(Path data, int port) throws IOException {
        Files.createFile(data.resolve("standby.signal"));
        Files.writeString(
                data.resolve("postgresql.auto.conf"),
                "primary_conninfo = 'host=localhost port=%d user=%s password=%s'%n"
                        .formatted(port, EmbeddedPostgresServer.USER, EmbeddedPostgresServer.PASSWORD),
                StandardOpenOption.APPEND);
    }

    private void awaitStandby() throws Exception {
        Lap.await(
                () -> ask("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'")
                        .equals("1"),
                PATIENCE);
    }

    /** The first column of the first row. */
    String ask(String query) throws SQLException {
        return ask(primary, query);
    }

    String askStandby(String query) throws SQLException {
        return ask(standby, query);
    }

    private static String ask(EmbeddedPostgresServer server, String query) throws SQLException {
        try (Connection connection = server.connect("postgres");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getString(1);
        }
    }

    /** A new connection to the primary. */
    Connection connect() throws SQLException {
        return primary.connect("postgres");
    }

    void execute(String sql) throws SQLException {
        primary.execute("postgres", sql);
    }

    /** The primary first: it waits for the standby when it ends. */
    @Override
    public void close() {
        List.of(primary, standby).forEach(EmbeddedPostgresServer::close);
    }
}
