package io.rookery.bench.faults;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A follower is killed, stopped and made slow, one after the other; clients of the other nodes must not feel it: no error, and
 * the 99th percentile of their writes at most twice that of the time before, and 50 ms (told, not part of the verdict). Of several
 * shards it leads some: what is counted is requests of those that it does not lead.
 */
record DeadFollower() implements Nemesis {
    private static final Duration BEFORE = Duration.ofSeconds(10);
    private static final Duration DURING = Duration.ofSeconds(12);
    private static final Duration STOPPED = Duration.ofMillis(180);
    private static final Duration RUNNING = Duration.ofMillis(20);

    @Override
    public String name() {
        return "dead-follower";
    }

    @Override
    public void strike(Stage stage, Incident incident) {
        Member victim = stage.anyFollower();
        incident.target(victim);
        Set<String> tag = Set.of(victim.tag());
        phase(stage, incident, new Phase("dead", tag, () -> {
            victim.process().kill();
            Stage.hold(DURING);
            incident.prove(
                    victim.kernelState().equals("gone"),
                    "process " + victim.process().pid() + " was gone for " + DURING.toSeconds() + " s");
        }));
        victim.process().start();
        stage.cluster().awaitHealthy();
        phase(stage, incident, new Phase("stopped", tag, () -> {
            victim.process().freeze();
            try {
                Stage.hold(DURING);
                incident.prove(
                        victim.kernelState().equals("T"),
                        "process " + victim.process().pid() + " is in the state T after " + DURING.toSeconds() + " s");
            } finally {
                victim.process().thaw();
            }
        }));
        stage.cluster().awaitHealthy();
        phase(stage, incident, new Phase("slow", tag, () -> slow(victim, incident)));
    }

    private static void slow(Member victim, Incident incident) {
        int stopped = 0;
        int looks = 0;
        long deadline = System.nanoTime() + DURING.toNanos();
        try {
            while (System.nanoTime() - deadline < 0) {
                victim.process().freeze();
                Stage.hold(STOPPED);
                looks++;
                stopped += victim.kernelState().equals("T") ? 1 : 0;
                victim.process().thaw();
                Stage.hold(RUNNING);
            }
        } finally {
            victim.process().thaw();
        }
        incident.prove(
                stopped * 10 >= looks * 9,
                "it was stopped for " + STOPPED.toMillis() + " of each "
                        + STOPPED.plus(RUNNING).toMillis() + " ms, seen " + stopped + " of " + looks + " times");
    }

    /** @param victim whose own clients are not asked */
    private record Phase(String what, Set<String> victim, Runnable fault) {}

    private static void phase(Stage stage, Incident incident, Phase phase) {
        long start = System.nanoTime();
        Stage.hold(BEFORE);
        List<String> followed = stage.cluster().anchorsNotLedBy(phase.victim());
        Pulse.Window before = stage.pulse().since(start, phase.victim()).of(followed);
        long since = System.nanoTime();
        phase.fault().run();
        Pulse.Window during = stage.pulse().since(since, phase.victim()).of(followed);
        double most = 2 * before.p99(true) + 50;
        incident.note(String.format(
                Locale.ROOT,
                "%s: p99 of writes at the other nodes %.0f ms, before %.0f ms; target <= 2x + 50 = %.0f ms: %s",
                phase.what(),
                during.p99(true),
                before.p99(true),
                most,
                during.p99(true) <= most ? "met" : "NOT met"));
        incident.note(phase.what() + ", " + followed.size() + " shards that it followed: " + during);
        if (!during.errors().isEmpty()) {
            incident.blame("clients of other nodes felt that a follower was " + phase.what() + ": " + during);
        }
    }
}
