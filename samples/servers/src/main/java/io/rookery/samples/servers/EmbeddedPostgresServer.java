package io.rookery.samples.servers;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/**
 * A real PostgreSQL on a loopback port, with {@code wal_level = logical} unless told otherwise. It can be stopped and
 * started again on the same data and port. User and password are {@code postgres}; one owner thread.
 */
public final class EmbeddedPostgresServer implements AutoCloseable {
    public static final String USER = "postgres";
    public static final String PASSWORD = "postgres";

    private final Path data;
    private final int port;
    private final Map<String, String> settings;
    private EmbeddedPostgres postgres;
    private TemporaryFolder temporary;

    private EmbeddedPostgresServer(Path data, int port, Map<String, String> settings) {
        this.data = data;
        this.port = port;
        this.settings = settings;
    }

    /** Starts on a new temporary folder. */
    public static EmbeddedPostgresServer start() {
        return start(Map.of());
    }

    /** Starts on a new temporary folder with settings of {@code postgresql.conf} beyond the usual ones. */
    public static EmbeddedPostgresServer start(Map<String, String> settings) {
        TemporaryFolder folder = TemporaryFolder.create("rookery-postgres");
        EmbeddedPostgresServer server = start(folder.path(), settings);
        server.temporary = folder;
        return server;
    }

    /** Starts on this folder, made when it is empty. */
    public static EmbeddedPostgresServer start(Path data, Map<String, String> settings) {
        Map<String, String> all = new TreeMap<>(Map.of(
                "wal_level", "logical",
                "max_replication_slots", "8",
                "max_wal_senders", "8",
                "shared_buffers", "64MB",
                "max_connections", "60",
                "timezone", "UTC"));
        all.putAll(settings);
        EmbeddedPostgresServer server = new EmbeddedPostgresServer(data, Ports.free(), all);
        server.start0();
        return server;
    }

    private void start0() {
        try {
            EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                    .setDataDirectory(data.resolve("data"))
                    .setOverrideWorkingDirectory(
                            data.resolveSibling("rookery-postgres-binaries").toFile())
                    .setCleanDataDirectory(false)
                    .setPort(port)
                    .setPGStartupWait(Duration.ofSeconds(90))
                    .setLocaleConfig("encoding", "UTF-8");
            settings.forEach(builder::setServerConfig);
            postgres = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException("PostgreSQL did not start", e);
        }
    }

    /** Stops the server and keeps its data. */
    public void stop() {
        if (postgres != null) {
            try {
                postgres.close();
            } catch (IOException e) {
                throw new UncheckedIOException("PostgreSQL did not stop", e);
            } finally {
                postgres = null;
            }
        }
    }

    /** Starts again after {@link #stop()}, on the same data and port. */
    public void startAgain() {
        if (postgres == null) {
            start0();
        }
    }

    public int port() {
        return port;
    }

    public String jdbcUrl(String database) {
        return "jdbc:postgresql://localhost:" + port + "/" + database;
    }

    /** A new connection to a database; the caller closes it. */
    public Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(jdbcUrl(database), USER, PASSWORD);
    }

    public void createDatabase(String name) throws SQLException {
        execute("postgres", "CREATE DATABASE \"" + name + '"');
    }

    /** Runs statements, each committed by itself. */
    public void execute(String database, String... statements) throws SQLException {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** Stops the server; a temporary folder goes with it. */
    @Override
    public void close() {
        stop();
        if (temporary != null) {
            temporary.close();
        }
    }
}
