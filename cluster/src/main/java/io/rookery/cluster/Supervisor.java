package io.rookery.cluster;

import io.rookery.api.ChangeVector;
import io.rookery.api.Document;
import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import io.rookery.api.Write;
import io.rookery.cluster.topology.Decision;
import io.rookery.cluster.topology.ReplicaPolicy;
import io.rookery.cluster.topology.Sight;
import io.rookery.cluster.topology.SystemState;
import io.rookery.cluster.topology.TaskUnit;
import io.rookery.cluster.topology.Topology;
import io.rookery.cluster.topology.UnitPolicy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Looks after replicas and tasks on the system shard's leader: replicas go to rehab, come back and are replaced as the
 * {@link ReplicaPolicy} has it, units of tasks get nodes as {@link UnitPolicy} has it. While it is suspended, only what
 * operators asked for is done. Every change of a unit's node raises its epoch, also across deletion: what fences the
 * former owner never goes back.
 */
final class Supervisor {
    private static final String EPOCHS = "epochs/";

    private final ReplicaPolicy replicas;
    private final DecisionLog log;

    Supervisor(ReplicaPolicy replicas, DecisionLog log) {
        this.replicas = replicas;
        this.log = log;
    }

    void round(ReplicatedStore system, SystemState state, Sight sight) {
        if (!state.suspended()) {
            for (ReplicaPolicy.Step step : replicas.decide(state, sight)) {
                carryOut(system, step.writes(), step.decision() == null ? List.of() : List.of(step.decision()));
            }
        }
        Map<String, TaskUnit> units = units(system, state);
        List<Write> writes = new ArrayList<>();
        state.assignments().forEach((unit, assigned) -> {
            if (!units.containsKey(unit)) {
                writes.add(new Write.DeleteDocument(SystemState.ASSIGNMENTS + unit, assigned.version()));
            }
        });
        List<UnitPolicy.Move> moves = UnitPolicy.decide(state, sight, units.values());
        for (UnitPolicy.Move move : moves) {
            assign(system, writes, state.assignments().get(move.unit()), move.unit(), move.to());
        }
        if (!writes.isEmpty()) {
            carryOut(system, writes, UnitPolicy.decisions(sight.at(), moves));
        }
    }

    private void carryOut(ReplicatedStore system, List<Write> writes, Collection<Decision> decisions) {
        log.commit(system, writes, List.copyOf(decisions))
                .orTimeout(15, TimeUnit.SECONDS)
                .join();
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

    /**
     * Gives a unit to this node, whoever has it; completes when that is committed.
     *
     * @throws RookeryException NOT_FOUND when nobody was given the unit yet
     */
    static CompletableFuture<Void> move(ReplicatedStore system, DecisionLog log, String unit, String tag) {
        SystemState.Assigned former = SystemState.read(system).assignments().get(unit);
        if (former == null) {
            throw new RookeryException(ErrorCode.NOT_FOUND, "The unit '" + unit + "' is not assigned yet");
        }
        List<Write> writes = new ArrayList<>();
        assign(system, writes, former, unit, tag);
        UnitPolicy.Move move = new UnitPolicy.Move(unit, former.assignment().node(), tag, "it was asked for");
        return log.commit(system, writes, UnitPolicy.decisions(System.currentTimeMillis(), List.of(move)));
    }

    /** Whether no unit is on this node that could be on another one. */
    static boolean settled(ReplicatedStore system, SystemState state, Sight sight, String tag) {
        return UnitPolicy.decide(state, sight, units(system, state).values()).stream()
                .noneMatch(move -> tag.equals(move.from()));
    }

    /** Of all tasks, by name. */
    private static Map<String, TaskUnit> units(ReplicatedStore system, SystemState state) {
        Map<String, Topology.Database> databases = state.topology().databases();
        Map<String, TaskUnit> units = new TreeMap<>();
        for (Document task : SystemState.documents(system, SystemState.TASKS)) {
            Map<String, Object> body = task.body().asObject();
            if (body.get("unit") instanceof String word && !Boolean.FALSE.equals(body.get("enabled"))) {
                TaskUnit.of(word, (String) body.get("database"), databases)
                        .forEach(unit -> units.put(unit.name(), unit));
            }
        }
        return units;
    }
}
