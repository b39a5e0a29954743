package io.rookery.etl.source;

import io.rookery.api.Json;
import java.util.List;
import java.util.Properties;
import java.util.stream.Collectors;

/** The engine's properties: what they mean for loss, order and memory is decided here and nowhere else. */
final class EngineSettings {
    private EngineSettings() {}

    static Properties of(PostgresConnection connection, List<String> tables, Json offset, boolean published) {
        Properties settings = new Properties();
        settings.setProperty("name", connection.slot());
        settings.setProperty("connector.class", "io.debezium.connector.postgresql.PostgresConnector");
        settings.setProperty("topic.prefix", connection.slot());
        settings.setProperty("bootstrap.servers", "none:1"); // asked for by Connect's configuration, never contacted
        settings.setProperty("offset.storage", SourceOffsets.class.getName());
        settings.setProperty("offset.flush.interval.ms", "1000");
        if (offset != null) {
            settings.setProperty(SourceOffsets.PROPERTY, offset.toString());
        }
        server(settings, connection, tables, published);
        values(settings);
        bounds(settings);
        return settings;
    }

    private static void server(
            Properties settings, PostgresConnection connection, List<String> tables, boolean published) {
        settings.setProperty("database.hostname", connection.host());
        settings.setProperty("database.port", String.valueOf(connection.port()));
        settings.setProperty("database.dbname", connection.database());
        settings.setProperty("database.user", connection.user());
        settings.setProperty("database.password", connection.password());
        settings.setProperty("database.sslmode", connection.tls());
        if (!connection.ca().isEmpty()) {
            settings.setProperty("database.sslrootcert", connection.ca());
        }
        settings.setProperty("plugin.name", "pgoutput");
        settings.setProperty("slot.name", connection.slot());
        settings.setProperty("slot.max.retries", "1");
        settings.setProperty("slot.retry.delay.ms", "1000");
        settings.setProperty("publication.name", connection.slot());
        settings.setProperty("publication.autocreate.mode", published ? "disabled" : "filtered");
        settings.setProperty(
                "table.include.list",
                tables.stream().map(EngineSettings::exactly).collect(Collectors.joining(",")));
        settings.setProperty("snapshot.mode", "initial");
        settings.setProperty("snapshot.fetch.size", "2000");
        settings.setProperty("offset.mismatch.strategy", "trust_offset");
        settings.setProperty("heartbeat.interval.ms", "5000");
        settings.setProperty("heartbeat.action.query", "SELECT pg_logical_emit_message(false, 'rookery', 'heartbeat')");
        settings.setProperty("errors.max.retries", "0"); // only the runner retries
    }

    private static void values(Properties settings) {
        settings.setProperty("decimal.handling.mode", "precise");
        settings.setProperty("time.precision.mode", "adaptive_time_microseconds");
        settings.setProperty("interval.handling.mode", "string");
        settings.setProperty("binary.handling.mode", "base64");
        settings.setProperty("hstore.handling.mode", "json");
        settings.setProperty("include.unknown.datatypes", "true");
        settings.setProperty("unavailable.value.placeholder", ColumnValues.UNAVAILABLE);
        settings.setProperty("tombstones.on.delete", "false");
        settings.setProperty("skipped.operations", "none"); // truncates are told
    }

    private static void bounds(Properties settings) {
        settings.setProperty("max.batch.size", "1000");
        // when we are slower than the engine it is always full, and what waits is copied by the garbage collector
        settings.setProperty("max.queue.size", "2000");
        settings.setProperty("max.queue.size.in.bytes", String.valueOf(32 << 20));
        // waited twice for a change: before the server is asked again, and before the queue is handed on; what comes
        // while a
        // batch is committed makes the next one anyway
        settings.setProperty("poll.interval.ms", "5");
        settings.setProperty("record.processing.threads", "1");
        settings.setProperty("record.processing.shutdown.timeout.ms", "1000");
        settings.setProperty("task.management.timeout.ms", "8000");
    }

    /** The engine takes a list of expressions. */
    private static String exactly(String table) {
        return table.replaceAll("[^A-Za-z0-9_]", "\\\\$0");
    }
}
