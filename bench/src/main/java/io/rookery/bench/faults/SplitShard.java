package io.rookery.bench.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A shard gives half of its slots to a new one; it is not taken back.
 *
 * @param killing whether a node is killed in the middle of it, and started again
 */
record SplitShard(boolean killing) implements Nemesis {
    private static final Duration PATIENCE = Duration.ofSeconds(70);
    private static final Duration REST = Duration.ofSeconds(5);
    private static final int MOST_SHARDS = 16;
    private static final int LONGEST_MILLIS = 2_500;

    @Override
    public String name() {
        return killing ? "split-shard-kill9" : "split-shard";
    }

    @Override
    public Optional<String> hindrance(Stage stage) {
        int shards = shards(stage.cluster());
        if (shards == 1) {
            return Optional.of("clients of one shard may not expect transactions over two: run it with --shards 2");
        }
        return shards < MOST_SHARDS
                ? Optional.empty()
                : Optional.of("the database has " + MOST_SHARDS + " shards, the most that it can have");
    }

    @Override
    public void strike(Stage stage, Incident incident) {
        Cluster cluster = stage.cluster();
        int before = shards(cluster);
        incident.target("shard " + cluster.shard());
        incident.prove(true, "there are " + before + " shards, this one with the slots " + slots(cluster));
        String path = "/databases/" + Cluster.DATABASE + "/shards/" + cluster.shard() + "/split";
        long since = System.nanoTime();
        CompletableFuture<Void> killed = killing
                ? CompletableFuture.runAsync(() -> kill(stage, incident))
                : CompletableFuture.completedFuture(null);
        try {
            Cluster.await("shard " + cluster.shard() + " was split", () -> {
                // looked at first: asked once more after it was done it would split again
                if (shards(cluster) == before) {
                    ready(cluster).door(PATIENCE).send(new Door.Ask("POST", path, "", Map.of()));
                }
                return shards(cluster) > before;
            });
        } finally {
            killed.join();
        }
        incident.prove(
                shards(cluster) == before + 1,
                String.format(
                        "there is one more %.1f s later, and this one has the slots %s",
                        (System.nanoTime() - since) / 1e9, slots(cluster)));
        Stage.hold(REST);
    }

    /** The leader or any other, at any moment of the time that a split takes. */
    private static void kill(Stage stage, Incident incident) {
        Member victim = stage.random().nextBoolean() ? stage.cluster().awaitLeader() : stage.anyMember();
        Stage.hold(Duration.ofMillis(stage.random().nextInt(LONGEST_MILLIS)));
        int then = shards(stage.cluster());
        victim.process().kill();
        incident.prove(
                victim.kernelState().equals("gone"),
                "node " + victim + " was killed when there were " + then + " shards: process "
                        + victim.process().pid() + " is gone");
        Stage.hold(Duration.ofMillis(1_000 + stage.random().nextInt(3_000)));
        victim.process().start();
    }

    /** One that is just being started keeps nobody waiting. */
    private static Member ready(Cluster cluster) {
        List<Member> found = new ArrayList<>();
        Cluster.await("a node is ready", () -> {
            cluster.members().stream()
                    .filter(member ->
                            member.process().isAlive() && member.process().isReady())
                    .findFirst()
                    .ifPresent(found::add);
            return !found.isEmpty();
        });
        return found.get(0);
    }

    private static int shards(Cluster cluster) {
        return databases(cluster).size();
    }

    private static String slots(Cluster cluster) {
        return String.valueOf(databases(cluster).get(cluster.shard()).get("slots"));
    }

    /** The shards of the database, by number. */
    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> databases(Cluster cluster) {
        List<Map<String, Object>> shards = new ArrayList<>();
        Cluster.await("a node lists the databases", () -> {
            Answer answer = ready(cluster).door().get("/databases");
            if (answer.isDone()) {
                ((List<Map<String, Object>>) answer.json().get("databases"))
                        .stream()
                                .filter(database -> Cluster.DATABASE.equals(database.get("name")))
                                .forEach(database -> shards.addAll((List<Map<String, Object>>) database.get("shards")));
            }
            return !shards.isEmpty();
        });
        return shards;
    }
}
