package io.rookery.checkers.transactions;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Set;

/** Transactions by number, and what puts one before another. */
final class DependencyGraph {
    private final List<List<Edge>> edges = new ArrayList<>();

    record Edge(int from, int to, Dependency why) {}

    DependencyGraph(int nodes) {
        for (int i = 0; i < nodes; i++) {
            edges.add(new ArrayList<>(4));
        }
    }

    int size() {
        return edges.size();
    }

    /** A transaction does not depend on itself. */
    void add(int from, int to, Dependency why) {
        if (from != to) {
            edges.get(from).add(new Edge(from, to, why));
        }
    }

    List<Edge> from(int node) {
        return edges.get(node);
    }

    /**
     * The number of each node's strongly connected component by edges of these kinds (Tarjan 1972, without recursion);
     * two nodes are on a common cycle when they have the same one.
     */
    int[] components(Set<Dependency> kinds) {
        Components components = new Components(kinds);
        for (int node = 0; node < size(); node++) {
            components.visit(node);
        }
        return components.componentOf;
    }

    private final class Components {
        private final Set<Dependency> kinds;
        private final int[] order = new int[size()];
        private final int[] lowest = new int[size()];
        private final int[] nextEdge = new int[size()];
        private final int[] componentOf = new int[size()];
        private final Deque<Integer> open = new ArrayDeque<>();
        private int visited;
        private int found;

        Components(Set<Dependency> kinds) {
            this.kinds = kinds;
            Arrays.fill(componentOf, -1);
        }

        void visit(int start) {
            if (order[start] != 0) {
                return;
            }
            Deque<Integer> path = new ArrayDeque<>();
            enter(start, path);
            while (!path.isEmpty()) {
                int node = path.peek();
                if (nextEdge[node] < edges.get(node).size()) {
                    follow(node, edges.get(node).get(nextEdge[node]++), path);
                } else {
                    path.pop();
                    leave(node);
                    if (!path.isEmpty()) {
                        lowest[path.peek()] = Math.min(lowest[path.peek()], lowest[node]);
                    }
                }
            }
        }

        private void enter(int node, Deque<Integer> path) {
            order[node] = ++visited;
            lowest[node] = visited;
            open.push(node);
            path.push(node);
        }

        private void follow(int node, Edge edge, Deque<Integer> path) {
            if (!kinds.contains(edge.why())) {
                return;
            }
            if (order[edge.to()] == 0) {
                enter(edge.to(), path);
            } else if (componentOf[edge.to()] < 0) {
                lowest[node] = Math.min(lowest[node], order[edge.to()]);
            }
        }

        private void leave(int node) {
            if (lowest[node] != order[node]) {
                return;
            }
            int member;
            do {
                member = open.pop();
                componentOf[member] = found;
            } while (member != node);
            found++;
        }
    }
}
