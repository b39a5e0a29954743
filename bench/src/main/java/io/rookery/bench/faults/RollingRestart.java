package io.rookery.bench.faults;

import java.time.Duration;

/** Ends each node with SIGTERM and starts it again, one after the other, as an upgrade does. */
record RollingRestart() implements Nemesis {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @Override
    public String name() {
        return "rolling-restart";
    }

    @Override
    public boolean isOperation() {
        return true;
    }

    @Override
    public void strike(Stage stage, Incident incident) {
        incident.target("all");
        for (Member member : stage.cluster().members()) {
            long before = member.process().pid();
            int code = member.process().stop(Duration.ofSeconds(30));
            if (code != 0) {
                incident.blame("node " + member + " ended with exit code " + code + " after SIGTERM");
            }
            member.process().start();
            member.process().awaitReady(PATIENCE);
            stage.cluster().awaitHealthy();
            long after = member.process().pid();
            incident.prove(before != after, member + ": process " + before + " ended, " + after + " is ready");
        }
    }
}
