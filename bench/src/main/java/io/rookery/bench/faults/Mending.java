package io.rookery.bench.faults;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What an operator does about a node whose replica of a shard is damaged: {@code rookery repair}, of the running node or of the
 * one that ended, until the replica is a member again and a scrub finds nothing.
 */
final class Mending {
    private static final Duration PATIENCE = Duration.ofSeconds(70);

    private final Cluster cluster;
    private final Member victim;
    private final int shard;

    Mending(Cluster cluster, Member victim) {
        this.cluster = cluster;
        this.victim = victim;
        this.shard = cluster.shard();
    }

    /** Returns when the node has ended, with true, or serves reads. */
    boolean refusesToStart() {
        Cluster.await(
                "node " + victim + " starts or refuses to",
                () -> !victim.process().isAlive() || victim.process().isReady());
        return !victim.process().isAlive();
    }

    /** Whether the node found the damage: by a scrub, or as it stumbled over it and ended. */
    boolean isFound() {
        return !victim.process().isAlive() || "DAMAGED".equals(scrubbed());
    }

    /** Has all replicas read again. */
    void scrub() {
        other().door(PATIENCE).send(new Door.Ask("POST", path("/scrub"), "", Map.of()));
    }

    void repair(Incident incident) {
        ReplicaFiles files = ReplicaFiles.of(victim, shard);
        int before = files.quarantined().size();
        long since = System.nanoTime();
        StringBuilder how = new StringBuilder();
        Cluster.await("the replica on node " + victim + " was set aside", () -> {
            if (files.quarantined().size() == before) {
                how.replace(0, how.length(), victim.process().isAlive() ? repairRunning() : repairEnded());
            }
            return files.quarantined().size() > before;
        });
        if (!victim.process().isAlive()) {
            victim.process().start();
        }
        awaitBack();
        incident.prove(
                true,
                String.format(
                        "repair of %s; sound again, a member and in quarantine %d %.1f s later",
                        how, files.quarantined().size(), (System.nanoTime() - since) / 1e9));
        files.quarantined().forEach(folder -> Shell.run("rm", "-rf", folder.toString()));
    }

    private String repairRunning() {
        Answer answer = other().door(PATIENCE)
                .send(new Door.Ask("POST", path("/repair?node=" + victim + "&shard=" + shard), "", Map.of()));
        return "the running node (" + (answer.isDone() ? "done" : answer.what()) + ")";
    }

    private String repairEnded() {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String classes = victim.process().settings().classPath();
        String data = victim.process().settings().data().toString();
        Shell.Said said = Shell.run(List.of(
                java,
                "-cp",
                classes,
                "io.rookery.server.Main",
                "repair",
                "--database",
                Cluster.DATABASE,
                "--shard",
                Integer.toString(shard),
                "--data",
                data));
        return "the ended node (exit code " + said.code() + ")";
    }

    /** Until the shard counts on it, and all that it has was read and found right. */
    private void awaitBack() {
        Cluster.await("node " + victim + " has its replica of shard " + shard + " again", () -> {
            if (!victim.process().isAlive()) {
                victim.process().start();
            }
            Optional<Map<String, Object>> seen = cluster.shardSeenBy(other());
            return seen.isPresent()
                    && ((List<?>) seen.get().get("members")).contains(victim.tag())
                    && victim.servesReads();
        });
        scrub();
        Cluster.await("a scrub finds nothing on node " + victim, () -> {
            String state = scrubbed();
            if (state.isEmpty() || state.equals("FAILED")) {
                scrub();
            }
            return state.equals("SOUND");
        });
    }

    private Member other() {
        return cluster.others(victim).get(0);
    }

    private static String path(String more) {
        return "/databases/" + Cluster.DATABASE + more;
    }

    /** What the last scrub of the victim's replica came to; empty when nobody says. */
    private String scrubbed() {
        Answer answer = other().door(Duration.ofSeconds(8)).get(path("/scrub"));
        if (!answer.isDone()) {
            return "";
        }
        return ((List<?>) answer.json().get("replicas"))
                .stream()
                        .map(replica -> (Map<?, ?>) replica)
                        .filter(replica -> victim.tag().equals(replica.get("node"))
                                && Long.valueOf(shard).equals(replica.get("shard")))
                        .map(replica -> String.valueOf(replica.get("state")))
                        .findFirst()
                        .orElse("");
    }
}
