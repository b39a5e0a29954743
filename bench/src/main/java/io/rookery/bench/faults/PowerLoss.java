package io.rookery.bench.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * Cuts a node's volume off as a power cut would, so that nothing which was not flushed gets to the disk, kills the node,
 * mounts the volume again and starts it. Two files beside its data are the evidence: one that was flushed, one that was not.
 */
record PowerLoss() implements Nemesis {
    private static final byte[] CANARY = new byte[256 << 10];

    @Override
    public String name() {
        return "power-loss";
    }

    @Override
    public Optional<String> hindrance(Stage stage) {
        return Volume.hindrance().or(Preload::hindrance);
    }

    @Override
    public boolean mayEndNodes() {
        return true;
    }

    @Override
    public void strike(Stage stage, Incident incident) {
        Member victim = stage.random().nextBoolean() ? stage.cluster().awaitLeader() : stage.anyFollower();
        incident.target(victim);
        Volume volume = victim.volume();
        Path flushed = volume.folder().resolve("canary-flushed");
        Path unflushed = volume.folder().resolve("canary-unflushed");
        write(flushed, true);
        write(unflushed, false);
        Shell.must(stage.shutdown(), volume.folder().toString());
        victim.process().kill();
        String failure = volume.probe();
        incident.prove(failure != null, "its volume took no more bytes: " + failure);
        volume.unmount();
        volume.mount();
        incident.prove(size(flushed) == CANARY.length, "a file that was flushed before is there again");
        incident.prove(size(unflushed) < CANARY.length, "one that was not has lost its bytes");
        Shell.run("rm", "-f", flushed.toString(), unflushed.toString());
        victim.process().start();
    }

    private static void write(Path file, boolean flush) {
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            channel.write(java.nio.ByteBuffer.wrap(CANARY));
            if (flush) {
                channel.force(true);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long size(Path file) {
        try {
            return Files.exists(file) ? Files.size(file) : 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
