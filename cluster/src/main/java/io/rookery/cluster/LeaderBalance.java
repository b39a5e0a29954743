package io.rookery.cluster;

import io.rookery.cluster.topology.Topology;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Says which leader should move so that the shards of sharded databases are led from different nodes. Moves only what
 * makes a difference of two or more smaller, so it comes to an end.
 */
final class LeaderBalance {
    /** The shard's leader shall be another one. */
    record Move(ShardDefinition shard, String from, String to) {}

    /** A shard that is led. */
    private record Led(ShardDefinition shard, String leader, List<String> members) {}

    private final List<Led> movable = new ArrayList<>();
    private final Map<String, Integer> leads = new HashMap<>();

    LeaderBalance(Collection<Topology.Database> databases, NodeWatch watch) {
        for (Topology.Database database : databases) {
            for (Topology.Shard shard : database.shards()) {
                UUID group = UUID.fromString(shard.group());
                watch.leader(group)
                        .ifPresent(leader -> add(
                                database,
                                ShardDefinition.of(group, database.name(), shard.number()),
                                leader.getKey(),
                                leader.getValue().members().stream()
                                        .filter(tag -> watch.info(tag).isPresent())
                                        .filter(shard.staying()::contains)
                                        .toList()));
            }
        }
    }

    /** Of nothing yet. */
    LeaderBalance() {}

    /** @param members that are alive and shall stay */
    void add(Topology.Database database, ShardDefinition shard, String leader, List<String> members) {
        leads.merge(leader, 1, Integer::sum);
        if (database.shards().size() > 1) {
            movable.add(new Led(shard, leader, members));
        }
    }

    Optional<Move> next() {
        Move best = null;
        int most = 1;
        for (Led led : movable) {
            for (String member : led.members()) {
                int difference = leads.getOrDefault(led.leader(), 0) - leads.getOrDefault(member, 0);
                if (difference > most) {
                    most = difference;
                    best = new Move(led.shard(), led.leader(), member);
                }
            }
        }
        return Optional.ofNullable(best);
    }
}
