package io.rookery.cluster;

import io.rookery.api.ChangeVector;
import io.rookery.api.Document;
import io.rookery.api.Write;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Gives each unit of enabled tasks to a node that is alive, on the system shard's leader. A unit stays where it is while
 * its node answers; every change raises its epoch, also across deletion: what fences the former owner never goes back.
 */
final class Supervisor {
    private static final String EPOCHS = "epochs/";

    private final NodeWatch watch;

    Supervisor(NodeWatch watch) {
        this.watch = watch;
    }

    void round(ReplicatedStore system) {
        SystemState state = SystemState.read(system);
        Set<String> units = units(system);
        List<String> alive = state.staying().stream().filter(watch::alive).toList();
        Map<String, Long> load = new HashMap<>();
        alive.forEach(tag -> load.put(tag, 0L));
        state.assignments()
                .values()
                .forEach(assigned -> load.computeIfPresent(assigned.assignment().node(), (tag, count) -> count + 1));

        List<Write> writes = new ArrayList<>();
        state.assignments().forEach((unit, assigned) -> {
            if (!units.contains(unit)) {
                writes.add(new Write.DeleteDocument(SystemState.ASSIGNMENTS + unit, assigned.version()));
            }
        });
        for (String unit : units) {
            SystemState.Assigned assigned = state.assignments().get(unit);
            if (!alive.isEmpty()
                    && (assigned == null
                            || !alive.contains(assigned.assignment().node()))) {
                String tag = alive.stream()
                        .min(Comparator.<String>comparingLong(load::get).thenComparing(Comparator.naturalOrder()))
                        .orElseThrow();
                load.merge(tag, 1L, Long::sum);
                assign(system, writes, assigned, unit, tag);
            }
        }
        if (!writes.isEmpty()) {
            Reconciler.commit(system, writes.toArray(Write[]::new));
        }
    }

    private static void assign(
            ReplicatedStore system, List<Write> writes, SystemState.Assigned former, String unit, String tag) {
        long last = system.entry(EPOCHS + unit)
                .map(bytes -> Long.parseLong(new String(bytes, StandardCharsets.UTF_8)))
                .orElse(0L);
        long epoch = last + 1;
        writes.add(new Write.PutEntry(EPOCHS + unit, Long.toString(epoch).getBytes(StandardCharsets.UTF_8)));
        writes.add(SystemState.put(
                new Topology.Assignment(unit, tag, epoch), former == null ? ChangeVector.NONE : former.version()));
    }

    private static Set<String> units(ReplicatedStore system) {
        Set<String> units = new TreeSet<>();
        for (Document task : SystemState.documents(system, SystemState.TASKS)) {
            Map<String, Object> body = task.body().asObject();
            if (body.get("unit") instanceof String unit && !Boolean.FALSE.equals(body.get("enabled"))) {
                units.add(unit);
            }
        }
        return units;
    }
}
