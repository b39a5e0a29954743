package io.rookery.bench.faults;

import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * What is loaded into one node before libc ({@code preload.c}): it fails its fsyncs and moves its clock when it is told
 * to, while the node runs, and counts what it did.
 */
final class Preload {
    private static final int SIZE = 32;

    private final Path library;
    private final Path file;
    private final MappedByteBuffer control;

    private Preload(Path library, Path file) throws IOException {
        this.library = library;
        this.file = file;
        try (RandomAccessFile opened = new RandomAccessFile(file.toFile(), "rw")) {
            opened.setLength(SIZE);
            control = opened.getChannel().map(FileChannel.MapMode.READ_WRITE, 0, SIZE);
        }
        control.order(ByteOrder.nativeOrder());
    }

    /** Why there can be none here; empty when there can. */
    static Optional<String> hindrance() {
        return Shell.has("gcc")
                ? Optional.empty()
                : Optional.of("nothing can be loaded into a node: gcc is missing to compile it");
    }

    /** @param library that {@link #compiled} gave */
    static Preload of(Path library, Path file) {
        try {
            return new Preload(library, file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Compiles a source that lies beside this class. */
    static Path compiled(String source, Path target, String... options) {
        Path copy = target.resolveSibling(source);
        try (InputStream in = Preload.class.getResourceAsStream(source)) {
            Files.write(copy, in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String[] command = new String[options.length + 5];
        System.arraycopy(new String[] {"gcc", "-O2", "-o", target.toString(), copy.toString()}, 0, command, 0, 5);
        System.arraycopy(options, 0, command, 5, options.length);
        Shell.must(command);
        return target;
    }

    Map<String, String> environment() {
        return Map.of("LD_PRELOAD", library.toString(), "ROOKERY_FAULTS_CONTROL", file.toString());
    }

    void moveClock(Duration offset) {
        control.putLong(0, offset.toNanos());
    }

    void failSyncs(boolean fail) {
        control.putLong(8, fail ? 1 : 0);
    }

    long movedReads() {
        return control.getLong(16);
    }

    long failedSyncs() {
        return control.getLong(24);
    }
}
