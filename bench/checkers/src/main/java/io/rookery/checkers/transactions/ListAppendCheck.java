package io.rookery.checkers.transactions;

import io.rookery.checkers.transactions.Anomaly.Kind;
import io.rookery.checkers.transactions.CycleSearch.Shape;
import io.rookery.checkers.transactions.DependencyGraph.Edge;
import io.rookery.checkers.transactions.ListTransaction.Append;
import io.rookery.checkers.transactions.ListTransaction.Read;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Checks that transactions over lists are strictly serializable, by the dependencies that lists which only grow show
 * (Kingsbury and Alvaro, "Elle: inferring isolation anomalies from experimental observations", VLDB 2020). A transaction
 * with an unknown outcome took effect when somebody saw what it appended; else it counts for nothing. Not complete, as no
 * such check is; what it finds is an anomaly for certain.
 */
public final class ListAppendCheck {
    private static final Set<Dependency> WRITES = Set.of(Dependency.WRITE_WRITE);
    private static final Set<Dependency> SEEN = Set.of(Dependency.WRITE_WRITE, Dependency.WRITE_READ);
    private static final Set<Dependency> ALL =
            Set.of(Dependency.WRITE_WRITE, Dependency.WRITE_READ, Dependency.READ_WRITE);

    private final List<Anomaly> anomalies = new ArrayList<>();
    private final Map<Long, ListTransaction> writerOf = new HashMap<>();
    private final List<ListTransaction> effective = new ArrayList<>();
    private final VersionOrder order;

    private ListAppendCheck(List<ListTransaction> history) {
        List<ListTransaction> known =
                history.stream().filter(ListTransaction::isCommitted).toList();
        for (ListTransaction transaction : history) {
            for (Append append : transaction.appends()) {
                if (writerOf.put(append.value(), transaction) != null) {
                    throw new IllegalArgumentException("Expected " + append + " once in the history");
                }
            }
        }
        order = new VersionOrder(known, anomalies::add);
        Map<Long, String> seen = order.seen();
        for (ListTransaction transaction : history) {
            if (transaction.isCommitted()
                    || (transaction.outcome() == ListTransaction.Outcome.UNKNOWN
                            && transaction.appends().stream().anyMatch(append -> seen.containsKey(append.value())))) {
                effective.add(transaction);
            }
        }
    }

    /** Empty when none was found. */
    public static List<Anomaly> anomalies(List<ListTransaction> history) {
        ListAppendCheck check = new ListAppendCheck(history);
        check.findDirtyReads();
        check.findCycles(new Dependencies(check.effective, check.order).graph());
        return List.copyOf(check.anomalies);
    }

    private void findDirtyReads() {
        for (ListTransaction reader : effective) {
            for (Read read : reader.reads()) {
                for (int i = 0; i < read.values().size(); i++) {
                    lookAt(reader, read, i);
                }
            }
        }
    }

    private void lookAt(ListTransaction reader, Read read, int place) {
        long value = read.values().get(place);
        ListTransaction writer = writerOf.get(value);
        String what = reader.name() + " read " + value + " in the list " + read.key();
        if (writer == null || !writer.appends().contains(new Append(read.key(), value))) {
            anomalies.add(new Anomaly(Kind.UNWRITTEN, what + ", which nobody appended there"));
        } else if (writer.outcome() == ListTransaction.Outcome.ABORTED) {
            anomalies.add(new Anomaly(Kind.G1A, what + " of " + writer.name() + ", which was not applied"));
        } else if (place == read.values().size() - 1 && value != lastOf(writer, read.key())) {
            anomalies.add(new Anomaly(
                    Kind.G1B,
                    what + " last, but " + writer.name() + " appended " + lastOf(writer, read.key()) + " too"));
        }
    }

    private static long lastOf(ListTransaction writer, String key) {
        return writer.appends().stream()
                .filter(append -> append.key().equals(key))
                .reduce((one, next) -> next)
                .orElseThrow()
                .value();
    }

    private void findCycles(DependencyGraph graph) {
        Set<Dependency> none = Set.of();
        Set<Dependency> again = Set.of(Dependency.READ_WRITE);
        find(graph, Kind.G0, new Shape(Dependency.WRITE_WRITE, WRITES, none));
        find(graph, Kind.G1C, new Shape(Dependency.WRITE_READ, SEEN, none));
        find(graph, Kind.G_SINGLE, new Shape(Dependency.READ_WRITE, SEEN, none));
        find(graph, Kind.G2, new Shape(Dependency.READ_WRITE, ALL, again));
        Set<Dependency> late = Set.of(Dependency.REAL_TIME);
        find(graph, Kind.G0_REALTIME, new Shape(Dependency.WRITE_WRITE, andRealTime(WRITES), late));
        find(graph, Kind.G1C_REALTIME, new Shape(Dependency.WRITE_READ, andRealTime(SEEN), late));
        find(graph, Kind.G_SINGLE_REALTIME, new Shape(Dependency.READ_WRITE, andRealTime(SEEN), late));
        find(graph, Kind.G2_REALTIME, new Shape(Dependency.READ_WRITE, andRealTime(ALL), andRealTime(again)));
    }

    private static Set<Dependency> andRealTime(Set<Dependency> kinds) {
        EnumSet<Dependency> more = EnumSet.of(Dependency.REAL_TIME);
        more.addAll(kinds);
        return more;
    }

    private void find(DependencyGraph graph, Kind kind, Shape shape) {
        new CycleSearch(graph, shape)
                .run().stream()
                        .sorted(Comparator.comparingInt(List::size))
                        .forEach(cycle -> anomalies.add(new Anomaly(kind, described(cycle))));
    }

    private String described(List<Edge> cycle) {
        StringBuilder text = new StringBuilder();
        for (Edge edge : cycle) {
            text.append(effective.get(edge.from()).name())
                    .append(" -")
                    .append(edge.why().label())
                    .append("-> ");
        }
        text.append(effective.get(cycle.get(0).from()).name());
        cycle.stream().map(Edge::from).distinct().forEach(node -> text.append("\n  ")
                .append(effective.get(node)));
        return text.toString();
    }
}
