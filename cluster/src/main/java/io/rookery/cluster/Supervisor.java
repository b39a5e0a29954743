package io.rookery.cluster;

import io.rookery.api.ChangeVector;
import io.rookery.api.Document;
import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import io.rookery.api.Transaction;
import io.rookery.api.Write;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

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
        Map<String, String> units = units(system);
        List<String> alive = state.staying().stream().filter(watch::alive).toList();
        Map<String, Long> load = new HashMap<>();
        alive.forEach(tag -> load.put(tag, 0L));
        state.assignments()
                .values()
                .forEach(assigned -> load.computeIfPresent(assigned.assignment().node(), (tag, count) -> count + 1));

        List<Write> writes = new ArrayList<>();
        state.assignments().forEach((unit, assigned) -> {
            if (!units.containsKey(unit)) {
                writes.add(new Write.DeleteDocument(SystemState.ASSIGNMENTS + unit, assigned.version()));
            }
        });
        units.forEach((unit, database) -> {
            SystemState.Assigned assigned = state.assignments().get(unit);
            List<String> able =
                    alive.stream().filter(tag -> holds(state, tag, database)).toList();
            if (!able.isEmpty()
                    && (assigned == null || !able.contains(assigned.assignment().node()))) {
                String tag = able.stream()
                        .min(Comparator.<String>comparingLong(load::get).thenComparing(Comparator.naturalOrder()))
                        .orElseThrow();
                load.merge(tag, 1L, Long::sum);
                assign(system, writes, assigned, unit, tag);
            }
        });
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

    /** A task runs where its database is, because it reads the node's own replica; one without a database anywhere. */
    private static boolean holds(SystemState state, String tag, String database) {
        if (database == null) {
            return true;
        }
        SystemState.Base base = state.databases().get(database);
        return base != null
                && base.database().shards().stream()
                        .allMatch(shard -> shard.nodes().contains(tag));
    }

    /**
     * Gives a unit to this node, whoever has it; completes when that is committed.
     *
     * @throws RookeryException NOT_FOUND when nobody was given the unit yet
     */
    static CompletableFuture<Void> move(ReplicatedStore system, String unit, String tag) {
        SystemState.Assigned former = SystemState.read(system).assignments().get(unit);
        if (former == null) {
            throw new RookeryException(ErrorCode.NOT_FOUND, "The unit '" + unit + "' is not assigned yet");
        }
        List<Write> writes = new ArrayList<>();
        assign(system, writes, former, unit, tag);
        return system.commit(Transaction.of(writes, System.currentTimeMillis())).thenApply(done -> null);
    }

    /** Units of tasks with their database. */
    private static Map<String, String> units(ReplicatedStore system) {
        Map<String, String> units = new TreeMap<>();
        for (Document task : SystemState.documents(system, SystemState.TASKS)) {
            Map<String, Object> body = task.body().asObject();
            if (body.get("unit") instanceof String unit && !Boolean.FALSE.equals(body.get("enabled"))) {
                units.put(unit, (String) body.get("database"));
            }
        }
        return units;
    }
}
