package io.rookery.bench.faults;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Moves one node's clock forward, then back behind the true time; the machine's own is not touched. */
record ClockJump() implements Nemesis {
    /** Nodes' clocks are expected to differ by less than an hour. */
    private static final Duration JUMP = Duration.ofMinutes(50);

    private static final Duration HOLD = Duration.ofSeconds(3);

    @Override
    public String name() {
        return "clock";
    }

    @Override
    public Optional<String> hindrance(Stage stage) {
        return Preload.hindrance();
    }

    @Override
    public void strike(Stage stage, Incident incident) {
        Member victim = stage.random().nextBoolean() ? stage.cluster().awaitLeader() : stage.anyFollower();
        incident.target(victim);
        try {
            for (Duration jump : new Duration[] {JUMP, JUMP.negated()}) {
                victim.preload().moveClock(jump);
                prove(victim, jump, incident);
                Stage.hold(HOLD);
            }
        } finally {
            victim.preload().moveClock(Duration.ZERO);
        }
        incident.prove(
                victim.preload().movedReads() > 0, victim.preload().movedReads() + " reads of its clock were moved");
    }

    /** What a node takes is stamped with its clock. */
    private static void prove(Member victim, Duration jump, Incident incident) {
        String body = "{\"Commands\":[{\"Type\":\"PUT\",\"Id\":\"first/clock\",\"Document\":{}}]}";
        Cluster.await("node " + victim + " takes a write", () -> {
            Answer answer = victim.door(Duration.ofSeconds(10))
                    .send(new Door.Ask(
                            "POST", "/databases/" + Cluster.DATABASE + "/bulk_docs", body, java.util.Map.of()));
            if (!answer.isDone()) {
                return false;
            }
            String stamp = (String)
                    ((java.util.Map<?, ?>) ((java.util.List<?>) answer.json().get("Results")).get(0))
                            .get("@last-modified");
            Duration off = Duration.between(Instant.now(), Instant.parse(stamp.endsWith("Z") ? stamp : stamp + 'Z'));
            incident.prove(
                    off.minus(jump).abs().compareTo(Duration.ofMinutes(1)) < 0,
                    "a write that it took is stamped " + off.toSeconds() + " s off");
            return true;
        });
    }
}
