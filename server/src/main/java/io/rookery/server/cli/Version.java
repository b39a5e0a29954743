package io.rookery.server.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** The version that this was built as, as Maven wrote it down; {@code development} where Maven did not build it. */
final class Version implements IVersionProvider {
    static String current() {
        return read().getProperty("version", "development");
    }

    /** The commit that this was built from, {@code -dirty} behind it when files were changed; empty when unknown. */
    static String commit() {
        return read().getProperty("commit", "");
    }

    private static Properties read() {
        try (InputStream in = Version.class.getResourceAsStream("version.properties")) {
            Properties properties = new Properties();
            if (in != null) {
                properties.load(in);
            }
            return properties;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String full() {
        return "rookery " + current() + (commit().isEmpty() ? "" : " " + commit());
    }

    @Override
    public String[] getVersion() {
        return new String[] {full()};
    }

    /** In one line, with the JVM's. */
    static String withJava() {
        return full() + " (Java " + Runtime.version() + ')';
    }
}
