package io.rookery.bench.faults;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Kills a node and cuts a segment of its log in the middle. It must refuse to start with that, and be repaired; or have lost
 * nothing that it cannot get again from the others.
 */
record TruncatedLog() implements Nemesis {
    @Override
    public String name() {
        return "truncated-log";
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
        Cluster.await(
                "node " + victim + " has a log and has flushed its store",
                () -> files.openSegment().isPresent() && files.table().isPresent());
        victim.process().kill();
        Path segment = stage.random().nextBoolean()
                ? files.closedSegment().or(files::openSegment).orElseThrow()
                : files.openSegment().orElseThrow();
        long used = used(segment);
        truncate(segment, used / 3);
        incident.prove(
                segment.toFile().length() == used / 3,
                segment.getFileName() + " has " + used / 3 + " of its " + used + " bytes");
        restart(cluster, victim, incident);
    }

    /** With whatever was done to its files. */
    static void restart(Cluster cluster, Member victim, Incident incident) {
        Mending mending = new Mending(cluster, victim);
        victim.process().start();
        if (mending.refusesToStart()) {
            incident.note(
                    "the node refused to start, exit code " + victim.process().exitCode() + ": " + complaint(victim));
            mending.repair(incident);
        } else {
            incident.note("the node started, and got from the others what it lacked");
        }
    }

    private static String complaint(Member victim) {
        try {
            return Files.readAllLines(victim.process().settings().log()).stream()
                    .filter(line -> line.contains("rookery repair"))
                    .reduce((one, other) -> other)
                    .orElse("without a word");
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** Behind it there are only zeros that were written ahead. */
    private static long used(Path segment) {
        try {
            byte[] bytes = Files.readAllBytes(segment);
            int end = bytes.length;
            while (end > 0 && bytes[end - 1] == 0) {
                end--;
            }
            return end;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void truncate(Path segment, long length) {
        try (RandomAccessFile open = new RandomAccessFile(segment.toFile(), "rw")) {
            open.setLength(length);
            open.getFD().sync();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
