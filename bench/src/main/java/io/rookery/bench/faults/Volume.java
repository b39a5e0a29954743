package io.rookery.bench.faults;

import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A small file system of one node's own, in a file (ext4 on a loop device): it can be filled, and cut off its power. */
final class Volume {
    private static final long BYTES = 1L << 30;
    private static final int ROUNDS = 40;

    private final Path image;
    private final Path folder;
    private final Path ballast;
    private int files;

    private Volume(Path image, Path folder) {
        this.image = image;
        this.folder = folder;
        this.ballast = folder.resolve("ballast-of-the-harness");
    }

    /** Why there can be none here; empty when there can. */
    static Optional<String> hindrance() {
        for (String program : new String[] {"mkfs.ext4", "mount", "umount", "fallocate"}) {
            if (!Shell.has(program)) {
                return Optional.of("no volume can be made: the program " + program + " is missing");
            }
        }
        return Shell.run("id", "-u").text().equals("0")
                ? Optional.empty()
                : Optional.of("no volume can be mounted: only root may do so");
    }

    /** @param folder where it is mounted */
    static Volume make(Path folder, Janitor janitor) {
        Volume volume = new Volume(folder.resolveSibling(folder.getFileName() + ".ext4"), folder);
        try {
            Files.createDirectories(folder);
            try (RandomAccessFile file = new RandomAccessFile(volume.image.toFile(), "rw")) {
                file.setLength(BYTES);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Shell.must("mkfs.ext4", "-q", "-m", "0", volume.image.toString());
        janitor.finallyRun("umount '" + folder + "' || umount -l '" + folder + "'");
        volume.mount();
        return volume;
    }

    void mount() {
        Shell.must("mount", "-o", "loop", image.toString(), folder.toString());
        Shell.run("rmdir", folder.resolve("lost+found").toString());
    }

    void unmount() {
        Shell.must("umount", folder.toString());
    }

    Path folder() {
        return folder;
    }

    /**
     * Takes all the space that is left; to be called again when a node gives up what it kept for that.
     *
     * @return how writing there fails then; null when it does not
     */
    String fill() {
        String failure = probe();
        for (int round = 0; round < ROUNDS && failure == null; round++) {
            long free = Math.max(4096, folder.toFile().getUsableSpace() >> round % 3);
            Path file = folder.resolve(ballast.getFileName() + "." + files++);
            Shell.run("fallocate", "-l", Long.toString(free), file.toString());
            failure = probe();
        }
        return failure;
    }

    /** What comes of writing some bytes there: null when it worked. */
    String probe() {
        Path file = folder.resolve("probe-of-the-harness");
        try {
            try (OutputStream out = Files.newOutputStream(file)) {
                out.write(new byte[64 << 10]);
            }
            Files.delete(file);
            return null;
        } catch (IOException e) {
            Shell.run("rm", "-f", file.toString());
            return String.valueOf(e.getMessage());
        }
    }

    void free() {
        Shell.must("sh", "-c", "rm -f '" + ballast + "'.*");
    }
}
