package io.rookery.bench.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Puts an older copy of one file of a replica in its place while the node is down: the term and vote, the log's last segment, or
 * what the store opens. It must refuse to start with that, and be repaired; or lack nothing that it cannot get from the others.
 */
record OldFile() implements Nemesis {
    /** Longer than until the store is flushed again: what the log has then is in the store. */
    private static final Duration LATER = Duration.ofSeconds(25);

    private enum Kind {
        VOTE,
        LOG,
        STORE
    }

    @Override
    public String name() {
        return "old-file";
    }

    @Override
    public boolean mayEndNodes() {
        return true;
    }

    @Override
    public void strike(Stage stage, Incident incident) {
        Cluster cluster = stage.cluster();
        Member victim = stage.random().nextBoolean() ? cluster.awaitLeader() : stage.anyFollower();
        ReplicaFiles files = ReplicaFiles.of(victim, cluster.shard());
        Kind kind = Kind.values()[stage.random().nextInt(Kind.values().length)];
        Path file = chosen(files, kind);
        incident.target(victim + ", shard " + cluster.shard() + ", " + file.getFileName());
        byte[] old = bytes(file);
        if (kind == Kind.VOTE) {
            newTerm(cluster);
        }
        Cluster.await(
                file.getFileName() + " has changed", () -> !Files.exists(file) || !Arrays.equals(old, bytes(file)));
        if (!Files.exists(file)) {
            strike(stage, incident); // it has another name now
            return;
        }
        Stage.hold(LATER);
        victim.process().kill();
        byte[] newest = bytes(file);
        write(file, old);
        incident.prove(
                !Arrays.equals(old, newest) && Arrays.equals(old, bytes(file)),
                file.getFileName() + " is again what it was before: " + old.length + " bytes, were " + newest.length);
        TruncatedLog.restart(cluster, victim, incident);
    }

    private static Path chosen(ReplicaFiles files, Kind kind) {
        List<Path> found = new ArrayList<>();
        Cluster.await("the file is there", () -> {
            switch (kind) {
                case VOTE -> found.add(files.vote());
                case LOG -> files.openSegment().ifPresent(found::add);
                case STORE -> files.manifest().ifPresent(found::add);
            }
            return !found.isEmpty();
        });
        return found.get(0);
    }

    private static void newTerm(Cluster cluster) {
        Member leader = cluster.awaitLeader();
        leader.process().kill();
        cluster.awaitLeader(cluster.others(leader));
        leader.process().start();
        cluster.awaitHealthy();
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(Path file, byte[] bytes) {
        try {
            Files.write(file, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
