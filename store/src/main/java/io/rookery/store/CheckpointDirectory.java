package io.rookery.store;

import io.rookery.store.rocks.StoreFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** A directory that appears complete and durable, or not at all: made beside it, fsynced, renamed, and the parent fsynced. */
final class CheckpointDirectory {
    private CheckpointDirectory() {}

    /** @param fill makes the directory it is given, which does not exist */
    static void create(Path directory, Consumer<Path> fill) {
        Path unfinished = directory.resolveSibling(directory.getFileName() + ".unfinished");
        try {
            if (Files.exists(directory)) {
                throw new StoreFailure("Expected no directory " + directory + " but there is one");
            }
            Files.createDirectories(directory.toAbsolutePath().getParent());
            delete(unfinished);
            fill.accept(unfinished);
            for (Path file : children(unfinished)) {
                force(file);
            }
            force(unfinished);
            Files.move(unfinished, directory, StandardCopyOption.ATOMIC_MOVE);
            force(directory.toAbsolutePath().getParent());
        } catch (IOException e) {
            throw new StoreFailure("Making the checkpoint " + directory + " durable failed", e);
        }
    }

    private static void force(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static List<Path> children(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        }
    }

    private static void delete(Path directory) throws IOException {
        if (Files.exists(directory)) {
            try (Stream<Path> files = Files.walk(directory)) {
                files.sorted(Comparator.reverseOrder()).forEach(CheckpointDirectory::deleteOne);
            }
        }
    }

    private static void deleteOne(Path path) {
        try {
            Files.delete(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
