package io.rookery.server.blackbox;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A small file system of its own at a folder, that can be filled to the last block. Needs root; unmounted when closed. */
public final class LoopVolume implements AutoCloseable {
    private final Path folder;
    private final Path filler;

    private LoopVolume(Path folder) {
        this.folder = folder;
        filler = folder.resolve("filler");
    }

    /** Mounts an empty one; null where that is not allowed. */
    public static LoopVolume mount(Path folder, int megabytes) {
        try {
            Files.createDirectories(folder);
            Path image = folder.resolveSibling(folder.getFileName() + ".img");
            try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
                file.setLength((long) megabytes << 20);
            }
            boolean mounted = run("mkfs.ext4", "-q", "-m", "0", image.toString())
                    && run("mount", "-o", "loop", image.toString(), folder.toString());
            return mounted ? new LoopVolume(folder) : null;
        } catch (IOException e) {
            return null; // no such programs here
        }
    }

    private static boolean run(String... command) throws IOException {
        Process process = new ProcessBuilder(command).inheritIO().start();
        try {
            return process.waitFor(30, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted", e);
        }
    }

    public long free() {
        return folder.toFile().getUsableSpace();
    }

    /** Takes what is free until so much is left, or something else took it first. */
    public void fill(long left) {
        try {
            long taken = Files.exists(filler) ? Files.size(filler) : 0;
            run("fallocate", "-l", Long.toString(taken + free() - left), filler.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public void empty() {
        try {
            Files.deleteIfExists(filler);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            if (!run("umount", folder.toString()) && !run("umount", "-l", folder.toString())) {
                throw new IllegalStateException("The volume at " + folder + " was not unmounted");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
