package io.rookery.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A store's directory as a crash of the process would leave it, taken while the store is open. */
final class DiskCopy {
    private DiskCopy() {}

    static Path copy(Path from, Path to) {
        try {
            Files.createDirectories(to);
            while (!isCopied(from, to)) {
                empty(to);
            }
            return to;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** False when a compaction changed the directory meanwhile: such a copy is of no one moment. */
    private static boolean isCopied(Path from, Path to) throws IOException {
        try {
            Map<Path, Long> before = sizes(from);
            for (Path file : before.keySet()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
            return before.equals(sizes(from));
        } catch (NoSuchFileException | UncheckedIOException e) {
            return false;
        }
    }

    private static Map<Path, Long> sizes(Path directory) throws IOException {
        Map<Path, Long> sizes = new TreeMap<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                if (!file.getFileName().toString().equals("LOCK")) {
                    sizes.put(file, Files.size(file));
                }
            }
        }
        return sizes;
    }

    private static void empty(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
    }
}
