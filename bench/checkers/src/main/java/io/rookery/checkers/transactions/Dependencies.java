package io.rookery.checkers.transactions;

import io.rookery.checkers.transactions.ListTransaction.Append;
import io.rookery.checkers.transactions.ListTransaction.Read;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Builds the graph of what put one transaction before another one. */
final class Dependencies {
    private final List<ListTransaction> transactions;
    private final VersionOrder order;
    private final Map<Long, Integer> writerOf = new HashMap<>();
    private final DependencyGraph graph;

    Dependencies(List<ListTransaction> transactions, VersionOrder order) {
        this.transactions = transactions;
        this.order = order;
        this.graph = new DependencyGraph(transactions.size());
        for (int i = 0; i < transactions.size(); i++) {
            for (Append append : transactions.get(i).appends()) {
                writerOf.put(append.value(), i);
            }
        }
    }

    DependencyGraph graph() {
        Map<String, Set<Integer>> unseen = unseenWriters();
        order.lists().forEach((key, values) -> addWrites(values, unseen.getOrDefault(key, Set.of())));
        for (int reader = 0; reader < transactions.size(); reader++) {
            for (Read read : transactions.get(reader).reads()) {
                addRead(reader, read, unseen.getOrDefault(read.key(), Set.of()));
            }
        }
        addRealTime();
        return graph;
    }

    /** Of each list, who appended for certain what nobody saw: it comes behind everything that was seen. */
    private Map<String, Set<Integer>> unseenWriters() {
        Map<Long, String> seen = order.seen();
        Map<String, Set<Integer>> unseen = new HashMap<>();
        for (int i = 0; i < transactions.size(); i++) {
            for (Append append : transactions.get(i).appends()) {
                if (!seen.containsKey(append.value())) {
                    unseen.computeIfAbsent(append.key(), absent -> new HashSet<>())
                            .add(i);
                }
            }
        }
        return unseen;
    }

    private void addWrites(List<Long> values, Set<Integer> unseen) {
        Integer before = null;
        for (Long value : values) {
            Integer writer = writerOf.get(value);
            if (before != null && writer != null) {
                graph.add(before, writer, Dependency.WRITE_WRITE);
            }
            before = writer;
        }
        if (before != null) {
            for (int writer : unseen) {
                graph.add(before, writer, Dependency.WRITE_WRITE);
            }
        }
    }

    private void addRead(int reader, Read read, Set<Integer> unseen) {
        List<Long> all = order.lists().getOrDefault(read.key(), List.of());
        int size = read.values().size();
        if (size > 0) {
            Integer writer = writerOf.get(read.values().get(size - 1));
            if (writer != null) {
                graph.add(writer, reader, Dependency.WRITE_READ);
            }
        }
        if (size < all.size()) {
            Integer next = writerOf.get(all.get(size));
            if (next != null) {
                graph.add(reader, next, Dependency.READ_WRITE);
            }
        } else {
            for (int writer : unseen) {
                graph.add(reader, writer, Dependency.READ_WRITE);
            }
        }
    }

    private record Moment(long time, boolean begins, int transaction) {}

    /**
     * Each transaction from those that had ended before it began, but for those of whom another one of these already
     * comes after: as few edges as say the same.
     */
    private void addRealTime() {
        List<Moment> moments = new ArrayList<>();
        for (int i = 0; i < transactions.size(); i++) {
            moments.add(new Moment(transactions.get(i).invoked(), true, i));
            if (transactions.get(i).isCommitted()) {
                moments.add(new Moment(transactions.get(i).returned(), false, i));
            }
        }
        // at the same time beginnings come first, so nothing is accused wrongly
        moments.sort(Comparator.comparingLong(Moment::time).thenComparing(moment -> !moment.begins()));
        Set<Integer> ended = new HashSet<>();
        Map<Integer, Set<Integer>> before = new HashMap<>();
        for (Moment moment : moments) {
            if (moment.begins()) {
                ended.forEach(earlier -> graph.add(earlier, moment.transaction(), Dependency.REAL_TIME));
                before.put(moment.transaction(), Set.copyOf(ended));
            } else {
                ended.removeAll(before.remove(moment.transaction()));
                ended.add(moment.transaction());
            }
        }
    }
}
