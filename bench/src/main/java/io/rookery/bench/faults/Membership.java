package io.rookery.bench.faults;

import io.rookery.server.process.ServerProcess;
import java.time.Duration;
import java.util.Map;

/** Takes a follower out of the cluster by its API, wipes it, and lets it join again as a new one. */
record Membership() implements Nemesis {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Override
    public String name() {
        return "membership";
    }

    @Override
    public boolean isOperation() {
        return true;
    }

    @Override
    public void strike(Stage stage, Incident incident) {
        Member victim = stage.anyFollower();
        Member other = stage.cluster().others(victim).get(0);
        incident.target(victim);
        Door door = other.door(PATIENCE);
        Cluster.await("node " + victim + " was taken out", () -> {
            door.send(new Door.Ask("DELETE", "/cluster/nodes/" + victim, null, Map.of()));
            return !isNode(door, victim);
        });
        incident.prove(true, "the cluster that " + other + " shows has no node " + victim + " any more");
        victim.process().kill();
        victim.wipe();
        Stage.hold(Duration.ofSeconds(2));
        ServerProcess again = ServerProcess.start(
                victim.process().settings().withJoin(other.process().url()));
        Member member = victim.with(again);
        stage.cluster().replace(member);
        Cluster.await("node " + victim + " is a member of the database again", () -> {
            if (!again.isAlive()) {
                again.start();
            }
            return isNode(door, victim) && member.servesReads();
        });
        incident.prove(true, "and has it again, with an empty folder, and it serves reads");
    }

    /** Whether the cluster that this node shows has that one. */
    static boolean isNode(Door door, Member member) {
        Answer answer = door.get("/cluster");
        return !answer.isDone() || answer.json().get("nodes").toString().contains("tag=" + member.tag() + ",");
    }
}
