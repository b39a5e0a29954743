package io.rookery.bench.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A shard gives half of its slots to a new one; it is not taken back. */
record SplitShard() implements Nemesis {
    private static final Duration PATIENCE = Duration.ofSeconds(70);
    private static final Duration REST = Duration.ofSeconds(5);
    private static final int MOST_SHARDS = 16;

    @Override
    public String name() {
        return "split-shard";
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
        Cluster.await("shard " + cluster.shard() + " was split", () -> {
            // looked at first: asked once more after it was done it would split again
            if (shards(cluster) == before) {
                cluster.at(0).door(PATIENCE).send(new Door.Ask("POST", path, "", Map.of()));
            }
            return shards(cluster) > before;
        });
        incident.prove(
                shards(cluster) == before + 1,
                String.format(
                        "there is one more %.1f s later, and this one has the slots %s",
                        (System.nanoTime() - since) / 1e9, slots(cluster)));
        Stage.hold(REST);
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
            Answer answer = cluster.at(0).door().get("/databases");
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
