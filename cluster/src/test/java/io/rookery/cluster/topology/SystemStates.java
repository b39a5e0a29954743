package io.rookery.cluster.topology;

import io.rookery.api.ChangeVector;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** States of the system shard for tests of decisions: nodes, and one database {@code shop} with one shard. */
public final class SystemStates {
    public static final UUID GROUP = UUID.fromString("00000000-0000-0000-0000-000000000001");

    private static final ChangeVector VERSION = new ChangeVector("system", 7);

    private final SystemState state = new SystemState(
            new LinkedHashMap<>(),
            new LinkedHashMap<>(),
            new LinkedHashMap<>(),
            new ArrayList<>(),
            new LinkedHashMap<>(),
            Optional.empty());
    private boolean suspended;

    public static SystemStates of(String... tags) {
        SystemStates states = new SystemStates();
        for (String tag : tags) {
            states.node(tag);
        }
        return states;
    }

    public SystemStates node(String tag, String... marks) {
        state.nodes()
                .put(
                        tag,
                        new SystemState.Member(
                                new Topology.Node(tag, "http://" + tag, tag + ":1"), Set.of(marks), VERSION));
        return this;
    }

    /** The database's replicas are on these nodes. */
    public SystemStates shop(String... tags) {
        Topology.Shard shard = new Topology.Shard(0, GROUP.toString(), List.of(tags));
        Topology.Database database = new Topology.Database("shop", 3, List.of(shard), Slots.ONE);
        state.databases().put("shop", new SystemState.Base(database, List.of(0L), VERSION));
        return this;
    }

    /** One more shard of the database; nobody is seen to lead it. */
    public SystemStates shard(int number, String... tags) {
        SystemState.Base base = state.databases().get("shop");
        List<Topology.Shard> shards = new ArrayList<>(base.database().shards());
        shards.add(new Topology.Shard(number, new UUID(0, number + 1).toString(), List.of(tags)));
        state.databases()
                .put("shop", new SystemState.Base(base.database().withShards(shards), base.made(), base.version()));
        return this;
    }

    public SystemStates marked(String tag, ReplicaMarks.Mark mark) {
        Map<String, ReplicaMarks.Mark> marks = new LinkedHashMap<>();
        if (state.marks().containsKey(GROUP)) {
            marks.putAll(state.marks().get(GROUP).byTag());
        }
        marks.put(tag, mark);
        state.marks().put(GROUP, new ReplicaMarks(GROUP, marks, VERSION));
        return this;
    }

    public SystemStates assigned(String unit, String tag) {
        state.assignments().put(unit, new SystemState.Assigned(new Topology.Assignment(unit, tag, 1), VERSION));
        return this;
    }

    public SystemStates suspended() {
        suspended = true;
        return this;
    }

    public SystemState state() {
        return new SystemState(
                state.nodes(),
                state.databases(),
                state.assignments(),
                state.removed(),
                state.marks(),
                suspended ? Optional.of(new SystemState.Suspension(true, VERSION)) : Optional.empty());
    }
}
