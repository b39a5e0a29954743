package io.rookery.bench.faults;

import java.time.Duration;

/**
 * Stops a node with SIGSTOP and lets it go on later: it keeps its connections, and knows nothing of the time between.
 *
 * @param leader whether it is the leader; else a follower
 */
record Pause(String name, boolean leader, Duration duration) implements Nemesis {
    /** A process that was stopped for longer than this may find that it must not go on. */
    private static final Duration SAFE = Duration.ofSeconds(60);

    @Override
    public void strike(Stage stage, Incident incident) {
        Member victim = leader ? stage.cluster().awaitLeader() : stage.anyFollower();
        incident.target(victim);
        victim.process().freeze();
        try {
            incident.prove(isStopped(victim), "process " + victim.process().pid() + " is in the state T");
            Stage.hold(duration);
            incident.prove(isStopped(victim), "and still after " + duration.toSeconds() + " s");
            if (leader) {
                Member next = stage.cluster().awaitLeader(stage.cluster().others(victim));
                incident.note("now " + next + " leads");
            }
        } finally {
            victim.process().thaw();
        }
    }

    /** The signal takes a moment to reach every thread. */
    private static boolean isStopped(Member victim) {
        for (int i = 0; i < 50 && !victim.kernelState().equals("T"); i++) {
            Stage.hold(Duration.ofMillis(10));
        }
        return victim.kernelState().equals("T");
    }

    @Override
    public boolean mayEndNodes() {
        return duration.compareTo(SAFE) > 0;
    }
}
