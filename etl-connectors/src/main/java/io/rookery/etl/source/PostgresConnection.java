package io.rookery.etl.source;

import io.rookery.api.Setting;
import io.rookery.api.SourceRequest;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Properties;

/**
 * Where a PostgreSQL is and how we call what we keep there.
 *
 * @param slot our replication slot, {@code rookery_CLUSTER_CONNECTION}; the publication has the same name
 */
record PostgresConnection(
        String host, int port, String database, String user, String password, String tls, String ca, String slot) {
    private static final int LONGEST_NAME = 63;

    static PostgresConnection of(SourceRequest request) {
        Setting setting =
                request.connection().only("host", "port", "database", "user", "password", "tls", "ca", "url", "schema");
        return new PostgresConnection(
                setting.text("host", "localhost"),
                setting.find("port").map(port -> port.integer(1, 65_535)).orElse(5432),
                setting.get("database").text(),
                setting.get("user").text(),
                setting.text("password", ""),
                setting.find("tls")
                        .map(tls -> tls.oneOf("disable", "prefer", "require", "verify-ca", "verify-full"))
                        .orElse("prefer"),
                setting.text("ca", ""),
                name(request.cluster(), request.name()));
    }

    /** At most 63 characters of a-z, 0-9 and _; a name that had to be changed carries a hash, so that it stays unique. */
    private static String name(String cluster, String connection) {
        String exact = "rookery_" + cluster + '_' + connection;
        String valid = exact.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_]", "_");
        if (valid.equals(exact) && valid.length() <= LONGEST_NAME) {
            return valid;
        }
        String hash = String.format("_%08x", exact.hashCode());
        return valid.substring(0, Math.min(valid.length(), LONGEST_NAME - hash.length())) + hash;
    }

    /** A new connection; the caller closes it. */
    Connection open() throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password);
        properties.setProperty("sslmode", tls);
        properties.setProperty("connectTimeout", "10");
        properties.setProperty("socketTimeout", "60");
        properties.setProperty("ApplicationName", "rookery");
        if (!ca.isEmpty()) {
            properties.setProperty("sslrootcert", ca);
        }
        return DriverManager.getConnection("jdbc:postgresql://" + host + ':' + port + '/' + database, properties);
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "PostgreSQL " + host + ':' + port + '/' + database + " as " + user;
    }
}
