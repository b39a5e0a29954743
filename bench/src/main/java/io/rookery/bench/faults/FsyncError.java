package io.rookery.bench.faults;

import java.time.Duration;
import java.util.Optional;

/** Lets every fsync of a node fail: it must end rather than acknowledge what is not on its disk. */
record FsyncError() implements Nemesis {
    private static final Duration LONGEST = Duration.ofSeconds(30);

    @Override
    public String name() {
        return "fsync-error";
    }

    @Override
    public Optional<String> hindrance(Stage stage) {
        return Preload.hindrance();
    }

    @Override
    public boolean mayEndNodes() {
        return true;
    }

    @Override
    public void strike(Stage stage, Incident incident) {
        Member victim = stage.random().nextBoolean() ? stage.cluster().awaitLeader() : stage.anyFollower();
        incident.target(victim);
        long before = victim.preload().failedSyncs();
        long since = System.nanoTime();
        victim.preload().failSyncs(true);
        try {
            while (victim.process().isAlive() && System.nanoTime() - since < LONGEST.toNanos()) {
                Stage.hold(Duration.ofMillis(50));
            }
        } finally {
            victim.preload().failSyncs(false);
        }
        long failed = victim.preload().failedSyncs() - before;
        incident.prove(failed > 0, failed + " fsyncs of " + victim + " failed with EIO");
        if (victim.process().isAlive()) {
            incident.blame(
                    "node " + victim + " still ran " + LONGEST.toSeconds() + " s after its fsyncs began to fail");
            victim.process().kill();
        } else {
            incident.note("it ended with exit code " + victim.process().exitCode() + " after "
                    + Duration.ofNanos(System.nanoTime() - since).toMillis() + " ms");
        }
    }
}
