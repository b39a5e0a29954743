package io.rookery.bench.faults;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Kills a node with SIGKILL and starts it again later.
 *
 * @param leader whether it is the leader; else any node
 */
record Kill(boolean leader) implements Nemesis {
    @Override
    public String name() {
        return leader ? "kill9-leader" : "kill9";
    }

    @Override
    public void strike(Stage stage, Incident incident) {
        Member led = stage.cluster().awaitLeader();
        Member victim = leader ? led : stage.anyMember();
        incident.target(victim);
        long pid = victim.process().pid();
        long since = System.nanoTime();
        victim.process().kill();
        incident.prove(
                victim.kernelState().equals("gone"),
                "process " + pid + " is gone, exit code " + victim.process().exitCode());
        List<Member> others = stage.cluster().others(victim);
        if (victim.number() == led.number()) {
            Optional<Double> seconds = stage.firsts().afterKill(stage.cluster(), others, since);
            incident.note("first write after " + seconds.map(one -> one + " s").orElse("more than a minute"));
            Member next = stage.cluster().awaitLeader(others);
            incident.prove(next.number() != victim.number(), "now " + next + " leads");
        }
        Stage.hold(Duration.ofSeconds(1 + stage.random().nextInt(4)));
        victim.process().start();
    }
}
