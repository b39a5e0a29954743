package io.rookery.bench.faults;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A node joins, a shard's replica is moved there and back again, and the node goes. */
record MoveShard() implements Nemesis {
    private static final Duration PATIENCE = Duration.ofSeconds(70);
    private static final Duration REST = Duration.ofSeconds(3);

    @Override
    public String name() {
        return "move-shard";
    }

    @Override
    public int nodesAtMost(int before) {
        return before + 1;
    }

    @Override
    public Optional<String> hindrance(Stage stage) {
        return noRoom(stage.cluster());
    }

    /** Why a node that joins would have each shard at once. */
    static Optional<String> noRoom(Cluster cluster) {
        return cluster.wantsAllNodes()
                ? Optional.of("the database is to be on every node that there is (for grow): run it without that")
                : Optional.empty();
    }

    @Override
    public boolean isOperation() {
        return true;
    }

    @Override
    public void strike(Stage stage, Incident incident) {
        Cluster cluster = stage.cluster();
        Member spare = cluster.add();
        Member leader = cluster.awaitLeader();
        List<Member> followers = cluster.others(leader).stream()
                .filter(member -> member.number() != spare.number())
                .toList();
        Member from = stage.random().nextBoolean()
                ? leader
                : followers.get(stage.random().nextInt(followers.size()));
        incident.target("shard " + cluster.shard() + " from " + from + " to " + spare + " and back");
        move(cluster, from, spare, incident);
        Stage.hold(REST);
        move(cluster, spare, from, incident);
        Stage.hold(REST);
        Grow.remove(cluster, spare);
        int code = spare.process().isAlive()
                ? spare.process().stop(PATIENCE)
                : spare.process().exitCode();
        incident.note("node " + spare + " was taken out and ended with exit code " + code);
    }

    private static void move(Cluster cluster, Member from, Member to, Incident incident) {
        String path =
                "/databases/" + Cluster.DATABASE + "/shards/" + cluster.shard() + "/move?from=" + from + "&to=" + to;
        long since = System.nanoTime();
        incident.prove(has(cluster, from) && !has(cluster, to), "shard is on " + from + " and not on " + to);
        Cluster.await("shard " + cluster.shard() + " was moved from " + from + " to " + to, () -> {
            cluster.at(0).door(PATIENCE).send(new Door.Ask("POST", path, "", Map.of()));
            return has(cluster, to) && !has(cluster, from);
        });
        incident.prove(
                true,
                String.format("and on %s and not on %s %.1f s later", to, from, (System.nanoTime() - since) / 1e9));
    }

    private static boolean has(Cluster cluster, Member member) {
        return cluster.shardSeenBy(cluster.at(0))
                .map(shard -> Grow.sorted(shard).contains(member.tag()))
                .orElse(false);
    }
}
