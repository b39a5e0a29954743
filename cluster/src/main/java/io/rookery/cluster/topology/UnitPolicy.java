package io.rookery.cluster.topology;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Decides which node runs each unit of tasks: one that is alive and whose replica of the task's database is a member. A
 * unit stays where it is as long as its node may run it, and while the supervisor is suspended. A function of what is
 * written down and what is seen.
 */
public final class UnitPolicy {
    private static final int NAMED = 5;

    private UnitPolicy() {}

    /** @param from the former node; null when there was none */
    public record Move(String unit, String from, String to, String why) {}

    /** How well a node suits a task; a unit never goes to the last one. */
    private enum Fit {
        GOOD,
        STALE,
        NONE
    }

    public static List<Move> decide(SystemState state, Sight sight, Collection<TaskUnit> units) {
        Map<String, Long> load = new HashMap<>();
        state.assignments()
                .values()
                .forEach(assigned -> load.merge(assigned.assignment().node(), 1L, Long::sum));
        List<Move> moves = new ArrayList<>();
        units.forEach(unit -> {
            SystemState.Assigned assigned = state.assignments().get(unit.name());
            String from = assigned == null ? null : assigned.assignment().node();
            if (from != null && state.suspended() && !goes(state, from)) {
                return;
            }
            Fit now = from == null ? Fit.NONE : fit(state, sight, from, unit);
            if (now == Fit.GOOD) {
                return;
            }
            best(state, sight, unit, load)
                    .filter(tag -> fit(state, sight, tag, unit).compareTo(now) < 0)
                    .ifPresent(tag -> {
                        load.merge(tag, 1L, Long::sum);
                        moves.add(new Move(unit.name(), from, tag, why(state, sight, from, unit)));
                    });
        });
        return moves;
    }

    private static boolean goes(SystemState state, String tag) {
        return !state.nodes().containsKey(tag)
                || state.is(tag, SystemState.LEAVING)
                || state.is(tag, SystemState.DRAINING);
    }

    /** Of equal ones the shard's leader: what a delivery commits has the shortest way from there. */
    private static Optional<String> best(SystemState state, Sight sight, TaskUnit unit, Map<String, Long> load) {
        Optional<String> leader = shard(state, unit)
                .flatMap(shard -> sight.group(UUID.fromString(shard.group())))
                .map(Sight.Group::leader);
        return state.staying().stream()
                .filter(tag -> fit(state, sight, tag, unit) != Fit.NONE)
                .min(Comparator.<String, Fit>comparing(tag -> fit(state, sight, tag, unit))
                        .thenComparing(tag -> load.getOrDefault(tag, 0L))
                        .thenComparing(tag -> !leader.equals(Optional.of(tag)))
                        .thenComparing(Comparator.naturalOrder()));
    }

    private static Optional<Topology.Shard> shard(SystemState state, TaskUnit unit) {
        return Optional.ofNullable(unit.database()).map(state.databases()::get).stream()
                .flatMap(base -> base.database().shards().stream())
                .filter(shard -> shard.number() == unit.shard())
                .findFirst();
    }

    /** A unit runs where its shard is, because it reads the node's own replica; one without a database anywhere. */
    private static Fit fit(SystemState state, Sight sight, String tag, TaskUnit unit) {
        if (!sight.alive(tag) || goes(state, tag)) {
            return Fit.NONE;
        }
        if (unit.database() == null) {
            return Fit.GOOD;
        }
        return shard(state, unit).map(shard -> fit(state, sight, tag, shard)).orElse(Fit.NONE);
    }

    private static Fit fit(SystemState state, Sight sight, String tag, Topology.Shard shard) {
        boolean promotable = sight.group(UUID.fromString(shard.group()))
                .map(group -> !group.members().contains(tag))
                .orElse(false); // nobody leads just now: nobody can say
        if (promotable || !shard.nodes().contains(tag)) {
            return Fit.NONE;
        }
        return state.marks(shard).byTag().containsKey(tag) ? Fit.STALE : Fit.GOOD;
    }

    private static String why(SystemState state, Sight sight, String from, TaskUnit unit) {
        if (from == null) {
            return "nobody had it";
        }
        if (!state.nodes().containsKey(from) || state.is(from, SystemState.LEAVING)) {
            return "node " + from + " leaves";
        }
        if (state.is(from, SystemState.DRAINING)) {
            return "node " + from + " is drained";
        }
        return sight.alive(from)
                ? "the replica of " + unit.database() + (unit.shard() == 0 ? "" : "/" + unit.shard()) + " on " + from
                        + " is no member"
                : "node " + from + " is silent for " + sight.silent(from) / 1_000 + " s";
    }

    /** One for all that go the same way for the same reason. */
    public static List<Decision> decisions(long at, List<Move> moves) {
        Map<List<String>, List<String>> alike = new TreeMap<>(Comparator.comparing(List::toString));
        for (Move move : moves) {
            String way = move.from() == null ? "to " + move.to() : "from " + move.from() + " to " + move.to();
            alike.computeIfAbsent(List.of(way, move.why()), key -> new ArrayList<>())
                    .add(move.unit());
        }
        List<Decision> decisions = new ArrayList<>();
        alike.forEach((key, units) -> decisions.add(Decision.of(at, "tasks " + key.get(0), named(units), key.get(1))));
        return decisions;
    }

    private static String named(List<String> units) {
        String first = units.stream().limit(NAMED).collect(Collectors.joining(", "));
        return units.size() > NAMED ? first + " and " + (units.size() - NAMED) + " more" : first;
    }
}
