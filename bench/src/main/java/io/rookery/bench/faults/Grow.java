package io.rookery.bench.faults;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Nodes join one after the other until there are five, each with a replica, and go again until there are as many as before. */
record Grow() implements Nemesis {
    private static final int MOST = 5;
    private static final Duration PATIENCE = Duration.ofSeconds(70);
    private static final Duration REST = Duration.ofSeconds(2);

    @Override
    public String name() {
        return "grow";
    }

    @Override
    public int nodesAtMost(int before) {
        return MOST;
    }

    @Override
    public Optional<String> hindrance(Stage stage) {
        return stage.cluster().members().size() < MOST
                ? Optional.empty()
                : Optional.of("there are five nodes already: begin with 1 or 3");
    }

    @Override
    public boolean isOperation() {
        return true;
    }

    @Override
    public void strike(Stage stage, Incident incident) {
        int before = stage.cluster().members().size();
        incident.target(before + " -> " + MOST + " -> " + before + " nodes");
        while (stage.cluster().members().size() < MOST) {
            long since = System.nanoTime();
            Member added = stage.cluster().add();
            awaitReplicas(stage.cluster(), "after " + added + " joined", since, incident);
            Stage.hold(REST);
        }
        while (stage.cluster().members().size() > before) {
            long since = System.nanoTime();
            List<Member> members = stage.cluster().members();
            Member last = members.get(members.size() - 1);
            remove(stage.cluster(), last);
            awaitReplicas(stage.cluster(), "after " + last + " was removed", since, incident);
            int code = last.process().isAlive()
                    ? last.process().stop(PATIENCE)
                    : last.process().exitCode();
            if (code != 0) {
                incident.blame("node " + last + ", which was removed, ended with exit code " + code);
            }
            Stage.hold(REST);
        }
    }

    /** Takes a node out of the cluster by its API; clients do not ask it any more. */
    static void remove(Cluster cluster, Member member) {
        cluster.forget(member);
        Door door = cluster.at(0).door(PATIENCE);
        Cluster.await("node " + member + " was taken out", () -> {
            door.send(new Door.Ask("DELETE", "/cluster/nodes/" + member, null, Map.of()));
            return !Membership.isNode(door, member);
        });
    }

    /** Returns when exactly the nodes that there are have each shard, and vote. */
    private static void awaitReplicas(Cluster cluster, String when, long since, Incident incident) {
        List<String> tags = cluster.members().stream().map(Member::tag).sorted().toList();
        Cluster.await("each shard is on " + tags + ' ' + when, () -> {
            List<Map<String, Object>> shards = cluster.shardsSeenBy(cluster.at(0));
            return !shards.isEmpty()
                    && shards.stream().allMatch(shard -> sorted(shard).equals(tags));
        });
        incident.prove(
                true,
                String.format(
                        "%s the cluster shows %s as members of each shard, %.1f s later",
                        when, tags, (System.nanoTime() - since) / 1e9));
    }

    /** Who votes in the shard. */
    static List<String> sorted(Map<String, Object> shard) {
        return ((List<?>) shard.get("members"))
                .stream().map(Object::toString).sorted().toList();
    }
}
