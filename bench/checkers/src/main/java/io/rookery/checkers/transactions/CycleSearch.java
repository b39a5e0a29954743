package io.rookery.checkers.transactions;

import io.rookery.checkers.transactions.DependencyGraph.Edge;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;

/**
 * Finds cycles of one kind: one begins with an edge of {@code first}, goes on by edges of {@code rest}, and has edges of
 * all of {@code wanted} in its rest. Short ones first.
 */
final class CycleSearch {
    /** More examples of one kind say nothing more. */
    private static final int MOST = 3;

    private final DependencyGraph graph;
    private final Shape shape;

    /** What a cycle must be made of. */
    record Shape(Dependency first, Set<Dependency> rest, Set<Dependency> wanted) {}

    /** A node, and which of the wanted kinds the way to it has had. */
    private record State(int node, Set<Dependency> had) {}

    private record Step(State before, Edge edge) {}

    CycleSearch(DependencyGraph graph, Shape shape) {
        this.graph = graph;
        this.shape = shape;
    }

    List<List<Edge>> run() {
        EnumSet<Dependency> all = EnumSet.of(shape.first());
        all.addAll(shape.rest());
        int[] components = graph.components(all);
        List<List<Edge>> found = new ArrayList<>();
        for (int node = 0; node < graph.size() && found.size() < MOST; node++) {
            for (Edge edge : graph.from(node)) {
                if (edge.why() == shape.first() && components[edge.from()] == components[edge.to()]) {
                    Optional<List<Edge>> cycle = closing(edge, components);
                    cycle.ifPresent(found::add);
                    if (cycle.isPresent()) {
                        break;
                    }
                }
            }
        }
        return found;
    }

    /** The shortest way back from where the edge leads, with the edge in front. */
    private Optional<List<Edge>> closing(Edge edge, int[] components) {
        State start = new State(edge.to(), Set.of());
        State end = new State(edge.from(), shape.wanted());
        Map<State, Step> reached = new HashMap<>();
        reached.put(start, new Step(null, edge));
        Queue<State> queue = new ArrayDeque<>(List.of(start));
        while (!queue.isEmpty()) {
            State state = queue.poll();
            if (state.equals(end)) {
                return Optional.of(way(state, reached));
            }
            if (state.node() == edge.from()) {
                continue; // going round once more would count one edge as two
            }
            for (Edge next : graph.from(state.node())) {
                if (shape.rest().contains(next.why()) && components[next.to()] == components[edge.from()]) {
                    State after = new State(next.to(), had(state, next));
                    if (reached.putIfAbsent(after, new Step(state, next)) == null) {
                        queue.add(after);
                    }
                }
            }
        }
        return Optional.empty();
    }

    private Set<Dependency> had(State state, Edge edge) {
        if (!shape.wanted().contains(edge.why()) || state.had().contains(edge.why())) {
            return state.had();
        }
        EnumSet<Dependency> more = EnumSet.of(edge.why());
        more.addAll(state.had());
        return more;
    }

    private static List<Edge> way(State last, Map<State, Step> reached) {
        List<Edge> way = new ArrayList<>();
        for (State state = last; state != null; state = reached.get(state).before()) {
            way.add(reached.get(state).edge());
        }
        Collections.reverse(way);
        return way;
    }
}
