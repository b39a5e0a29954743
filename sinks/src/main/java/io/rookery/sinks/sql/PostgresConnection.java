package io.rookery.sinks.sql;

import io.rookery.api.ErrorCode;
import io.rookery.api.Setting;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;

/** How a {@code postgres:} connection is reached. Checked when made; nothing is opened until asked. */
record PostgresConnection(String url, Properties properties) {
    /** The driver's properties that load no classes and write no files. */
    private static final String[] OPTIONS = {
        "ApplicationName", "connectTimeout", "socketTimeout", "currentSchema", "options", "sslrootcert", "sslcert",
        "sslkey", "sslpassword", "targetServerType", "tcpKeepAlive", "gssEncMode", "loadBalanceHosts", "channelBinding"
    };

    static PostgresConnection of(Setting settings) {
        settings.only("host", "port", "database", "user", "password", "tls", "options");
        String host = settings.text("host", "localhost");
        if (!host.matches("[A-Za-z0-9._:\\[\\]-]+")) {
            throw settings.get("host").error(ErrorCode.BAD_CONNECTION, "Expected a host name but found '" + host + "'");
        }
        int port =
                settings.find("port").map(setting -> setting.integer(1, 65_535)).orElse(5432);
        Properties properties = new Properties();
        properties.put("PGDBNAME", settings.get("database").text());
        properties.put("user", settings.get("user").text());
        properties.put("password", settings.text("password", ""));
        properties.put("sslmode", tls(settings));
        properties.put("ApplicationName", "rookery");
        properties.put("connectTimeout", "10");
        properties.put("socketTimeout", "120");
        properties.put("tcpKeepAlive", "true");
        // every batch has other sizes: a plan made for them beats a plan made once
        properties.put("prepareThreshold", "0");
        settings.find("options")
                .ifPresent(options ->
                        options.only(OPTIONS).mapping().forEach((key, value) -> properties.put(key, value.text())));
        return new PostgresConnection("jdbc:postgresql://" + host + ':' + port + '/', properties);
    }

    private static String tls(Setting settings) {
        return settings.find("tls")
                .map(tls -> tls.oneOf("disable", "prefer", "require", "verify-full"))
                .orElse("prefer");
    }

    Connection open() throws SQLException {
        Connection connection = DriverManager.getConnection(url, properties);
        try {
            connection.setAutoCommit(false);
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    /** Without the password. */
    @Override
    public String toString() {
        return url + properties.getProperty("PGDBNAME");
    }
}
