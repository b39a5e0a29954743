package io.rookery.cluster;

import io.rookery.cluster.topology.Topology;
import io.rookery.store.Command;
import io.rookery.store.Outcome;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * What is left to do of a split that is done, on each node: its seed goes, and where the node leads one of the two shards what
 * the shard no longer has is removed, bounded in each round.
 */
final class SplitKeeping {
    private static final int LIMIT = 1_000;
    private static final int MOST_COMMANDS = 20;

    private final ReplicatedStore store;
    private final String tag;
    private final Predicate<UUID> held;

    /**
     * @param tag of this node
     * @param held whether this node has a replica of the group
     */
    SplitKeeping(ReplicatedStore store, String tag, Predicate<UUID> held) {
        this.store = store;
        this.tag = tag;
        this.held = held;
    }

    /** One look. Blocks until what it submits is applied. */
    void round(Optional<Topology.Database> found) {
        if (store.splits().count() == 0 || found.isEmpty()) {
            return;
        }
        Topology.Database database = found.get();
        int shard = store.definition().shard();
        database.divisions().stream()
                .filter(division -> division.from() == shard)
                .map(division -> database.shards().get(division.to()))
                .filter(made -> held.test(UUID.fromString(made.group()))
                        || !made.nodes().contains(tag))
                .forEach(made -> deleteSeed(database.name(), made.number()));
        boolean known = database.divided(shard).count() >= store.splits().count();
        for (int i = 0; known && store.leads() && store.isToBeCleaned() && i < MOST_COMMANDS; i++) {
            Outcome outcome = store.submit(new Command.Clean(LIMIT))
                    .orTimeout(30, TimeUnit.SECONDS)
                    .join();
            if (!(outcome instanceof Outcome.Cleaned cleaned) || !cleaned.more()) {
                return;
            }
        }
    }

    /** The new shard has begun here, or never will. */
    private void deleteSeed(String database, int made) {
        Path folder = store.replica().directory().getParent();
        SplitSeed.delete(
                folder, ShardDefinition.of(store.group(), database, made).tag());
    }
}
