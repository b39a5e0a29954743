package io.rookery.bench.faults;

import java.time.Duration;
import java.util.Optional;

/** Fills a node's volume; later there is space again, and a node that ended is started again. */
record DiskFull() implements Nemesis {
    private static final Duration FULL = Duration.ofSeconds(10);

    @Override
    public String name() {
        return "disk-full";
    }

    @Override
    public Optional<String> hindrance(Stage stage) {
        return Volume.hindrance();
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
        incident.prove(volume.probe() == null, "bytes could be written to its volume before");
        try {
            volume.fill();
            String failure = volume.probe();
            incident.prove(
                    failure != null && failure.contains("No space left"), "then writing there failed: " + failure);
            Stage.hold(FULL);
            incident.note(
                    victim.process().isAlive()
                            ? "node " + victim + " lives"
                            : "node " + victim + " ended with exit code "
                                    + victim.process().exitCode());
        } finally {
            volume.free();
        }
        incident.prove(volume.probe() == null, "and worked again after the space was back");
    }
}
