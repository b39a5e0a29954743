package io.rookery.bench.faults;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Kills a node for good while another one is there that has nothing yet: the supervisor makes its replicas anew on that one,
 * then the dead node is taken out of the cluster. The nodes of such a run are told to lose patience after seconds.
 */
record Replace() implements Nemesis {
    @Override
    public String name() {
        return "replace";
    }

    @Override
    public int nodesAtMost(int before) {
        return before + 1;
    }

    @Override
    public Optional<String> hindrance(Stage stage) {
        return MoveShard.noRoom(stage.cluster());
    }

    @Override
    public boolean isOperation() {
        return true;
    }

    @Override
    public void strike(Stage stage, Incident incident) {
        Cluster cluster = stage.cluster();
        Member victim = stage.anyMember();
        Member spare = cluster.add();
        incident.target(victim + " for good, " + spare + " is there instead");
        incident.prove(
                shardsOn(cluster, spare) == 0,
                "node " + spare + " joined, and no shard is on it while " + victim + " lives");
        long since = System.nanoTime();
        victim.process().kill();
        incident.prove(
                victim.kernelState().equals("gone"),
                "process " + victim.process().pid() + " is gone, exit code "
                        + victim.process().exitCode());
        cluster.forget(victim);
        Cluster.await("replicas of " + victim + " were made on " + spare, () -> {
            List<Map<String, Object>> shards = cluster.shardsSeenBy(cluster.at(0));
            return !shards.isEmpty()
                    && shards.stream()
                            .map(Grow::sorted)
                            .allMatch(tags -> tags.contains(spare.tag()) && !tags.contains(victim.tag()));
        });
        incident.prove(
                true,
                String.format(
                        "%.1f s later the cluster shows %s and not %s as a member of each shard",
                        (System.nanoTime() - since) / 1e9, spare, victim));
        Grow.remove(cluster, victim);
        incident.note("the dead node was taken out of the cluster");
    }

    private static long shardsOn(Cluster cluster, Member member) {
        return cluster.awaitShards().stream()
                .filter(shard -> Grow.sorted(shard).contains(member.tag()))
                .count();
    }
}
