package io.rookery.cluster;

import io.rookery.cluster.topology.Topology;
import io.rookery.store.Command;
import io.rookery.store.Outcome;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * What is left to do of a split that is done, on each node: its seed goes, and where the node leads one of the two shards what
 * the shard no longer has is removed, bounded in each round.
 */
final class SplitKeeping {
    private static final int LIMIT = 1_000;
    private static final int MOST_COMMANDS = 20;

    private final ReplicatedStore store;

    SplitKeeping(ReplicatedStore store) {
        this.store = store;
    }

    /** One look. Blocks until what it submits is applied. */
    void round(Optional<Topology.Database> database) {
        if (store.splits().count() == 0 || database.isEmpty()) {
            return;
        }
        int shard = store.definition().shard();
        Path folder = store.replica().directory().getParent();
        for (Topology.Division division : database.get().divisions()) {
            if (division.from() == shard) {
                SplitSeed.delete(
                        folder,
                        ShardDefinition.of(store.group(), database.get().name(), division.to())
                                .tag());
            }
        }
        boolean known = database.get().divided(shard).count() >= store.splits().count();
        for (int i = 0; known && store.leads() && store.isToBeCleaned() && i < MOST_COMMANDS; i++) {
            Outcome outcome = store.submit(new Command.Clean(LIMIT))
                    .orTimeout(30, TimeUnit.SECONDS)
                    .join();
            if (!(outcome instanceof Outcome.Cleaned cleaned) || !cleaned.more()) {
                return;
            }
        }
    }
}
