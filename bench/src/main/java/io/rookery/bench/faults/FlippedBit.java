package io.rookery.bench.faults;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Flips a bit in the biggest table of a running node's replica, has a scrub find it unless the node stumbles over it first, and
 * has it repaired. No client may get a wrong answer meanwhile.
 */
record FlippedBit() implements Nemesis {
    private static final Duration DAMAGED = Duration.ofSeconds(3);
    private static final int BIT = 0x10;

    @Override
    public String name() {
        return "flipped-bit";
    }

    @Override
    public boolean mayEndNodes() {
        return true;
    }

    @Override
    public void strike(Stage stage, Incident incident) {
        Cluster cluster = stage.cluster();
        Member victim = stage.random().nextBoolean() ? cluster.awaitLeader() : stage.anyFollower();
        incident.target(victim + ", shard " + cluster.shard());
        ReplicaFiles files = ReplicaFiles.of(victim, cluster.shard());
        Cluster.await("node " + victim + " has a table", () -> files.table().isPresent());
        Path table = files.table().orElseThrow();
        // data comes first in a table; its index and its footer are at the end
        long place = table.toFile().length() / 4 + stage.random().nextInt(64);
        int before = flip(table, place);
        incident.prove(
                byteAt(table, place) == (before ^ BIT),
                "byte " + place + " of " + table.getFileName() + " ("
                        + table.toFile().length() + ") is " + (before ^ BIT) + ", was " + before);
        Stage.hold(DAMAGED); // clients read there
        Mending mending = new Mending(cluster, victim);
        mending.scrub();
        Cluster.await("the damage was found", mending::isFound);
        incident.prove(
                true,
                victim.process().isAlive()
                        ? "a scrub found it"
                        : "the node stumbled over it and ended with exit code "
                                + victim.process().exitCode());
        mending.repair(incident);
    }

    private static int flip(Path file, long place) {
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
            open.seek(place);
            int before = open.read();
            open.seek(place);
            open.write(before ^ BIT);
            open.getFD().sync();
            return before;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int byteAt(Path file, long place) {
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "r")) {
            open.seek(place);
            return open.read();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
