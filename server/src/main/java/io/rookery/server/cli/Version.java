package io.rookery.server.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** The version that this was built as; {@code development} when it does not run from a jar. */
final class Version implements IVersionProvider {
    private static final String POM = "/META-INF/maven/io.rookery/rookery-server/pom.properties";

    static String current() {
        try (InputStream in = Version.class.getResourceAsStream(POM)) {
            Properties properties = new Properties();
            if (in != null) {
                properties.load(in);
            }
            return properties.getProperty("version", "development");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String[] getVersion() {
        return new String[] {"rookery " + current()};
    }
}
