package io.rookery.cluster.topology;

import io.rookery.api.ChangeVector;
import io.rookery.api.Write;
import io.rookery.cluster.Recovery;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** What a {@link Recovery} leaves to be written: the cluster is this node alone, its groups have their new ids. */
public final class RecoveredTopology {
    private final Map<UUID, UUID> renamed;
    private final String tag;
    private final List<Write> writes = new ArrayList<>();
    private final List<Decision> decisions = new ArrayList<>();
    private final long at;

    public RecoveredTopology(SystemState state, Map<UUID, UUID> renamed, String tag, long at) {
        this.renamed = renamed;
        this.tag = tag;
        this.at = at;
        state.nodes().values().forEach(this::node);
        state.databases().values().forEach(this::database);
        state.marks()
                .values()
                .forEach(marks ->
                        writes.add(new Write.DeleteDocument(ReplicaMarks.PREFIX + marks.group(), marks.version())));
        state.removed().forEach(this::removed);
        decisions.add(Decision.of(at, "cluster recovered", "node " + tag, "the majority of the former one was lost"));
    }

    public List<Write> writes() {
        return writes;
    }

    public List<Decision> decisions() {
        return decisions;
    }

    private void node(SystemState.Member member) {
        if (member.node().tag().equals(tag)) {
            writes.add(SystemState.put(member.node(), Set.of(), member.version()));
        } else {
            writes.add(
                    new Write.DeleteDocument(SystemState.NODES + member.node().tag(), member.version()));
        }
    }

    /** A shard that was not here begins anew, empty; a database without any shard here goes. */
    private void database(SystemState.Base base) {
        Topology.Database database = base.database();
        List<Long> made = new ArrayList<>();
        List<Topology.Shard> shards = new ArrayList<>();
        for (Topology.Shard shard : database.shards()) {
            if (isKept(shard.group())) {
                made.add((long) shard.number());
            }
            shards.add(new Topology.Shard(shard.number(), group(shard.group()), List.of(tag)));
        }
        boolean lost = made.isEmpty();
        if (lost) {
            writes.add(new Write.DeleteDocument(SystemState.DATABASES + database.name(), base.version()));
        } else {
            writes.add(SystemState.put(recovered(database, shards), made, base.version()));
        }
        if (made.size() < shards.size()) {
            decisions.add(Decision.of(
                    at,
                    lost ? "database lost" : "shards lost",
                    database.name(),
                    "node " + tag + " had no replica of " + (lost ? "it" : "some of its shards")));
        }
    }

    private boolean isKept(String group) {
        UUID former = UUID.fromString(group);
        return renamed.containsKey(former) || renamed.containsValue(former);
    }

    /** Also of one that is not here yet: others of the former cluster may have it under its former id. */
    private String group(String group) {
        UUID former = UUID.fromString(group);
        UUID now = isKept(group) ? renamed.getOrDefault(former, former) : UUID.randomUUID();
        return now.toString();
    }

    /** A split that was under way goes on here; what this node has applied is all there is to wait for. */
    private Topology.Database recovered(Topology.Database database, List<Topology.Shard> shards) {
        List<Topology.Division> divisions = database.divisions().stream()
                .map(done -> new Topology.Division(done.from(), done.to(), done.head(), 0))
                .toList();
        Optional<Topology.Splitting> splitting = database.splitting()
                .map(split -> new Topology.Splitting(
                        split.shard(),
                        split.number(),
                        group(split.group()),
                        split.first(),
                        split.last(),
                        split.nodes().isEmpty() ? List.of() : List.of(tag)));
        return new Topology.Database(
                database.name(), database.replicas(), shards, database.slots(), divisions, splitting);
    }

    private void removed(SystemState.Removed removed) {
        writes.add(new Write.DeleteDocument(SystemState.REMOVED + removed.group(), removed.version()));
        UUID now = renamed.get(removed.group());
        if (now != null) {
            writes.add(SystemState.put(now, List.of(tag), ChangeVector.NONE));
        }
    }
}
