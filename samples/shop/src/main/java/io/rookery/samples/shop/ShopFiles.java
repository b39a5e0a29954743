package io.rookery.samples.shop;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The sample's files: the YAML as users see it in {@code samples/shop}, the SQL from the classpath. */
final class ShopFiles {
    private ShopFiles() {}

    /** {@code samples/shop} of the checkout: below {@code ROOKERY_HOME}, or at or above the working directory. */
    static Path folder() {
        String home = System.getenv("ROOKERY_HOME");
        Path start = Path.of(home == null ? "" : home).toAbsolutePath();
        for (Path place = start; place != null; place = place.getParent()) {
            Path found = place.resolve("samples/shop");
            if (Files.isRegularFile(found.resolve("connections.yaml"))) {
                return found;
            }
        }
        throw new IllegalStateException(
                "Expected samples/shop/connections.yaml in " + start + " or above it but found none; set ROOKERY_HOME");
    }

    static String connections() {
        return read(folder().resolve("connections.yaml"));
    }

    /** The texts of the task files, by file name. */
    static List<String> tasks() {
        try (Stream<Path> files = Files.list(folder().resolve("tasks"))) {
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .map(ShopFiles::read)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@code schema.sql} or {@code reporting.sql}. */
    static String sql(String name) {
        try (InputStream in = ShopFiles.class.getResourceAsStream("/shop/" + name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
