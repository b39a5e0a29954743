package io.rookery.checkers.transactions;

import io.rookery.checkers.transactions.ListTransaction.Read;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** The order in which values came into each list: a list only grows, so the longest one that was seen holds it. */
final class VersionOrder {
    private final Map<String, List<Long>> longest = new TreeMap<>();

    /** @param anomalies takes reads that contradict each other */
    VersionOrder(Iterable<ListTransaction> transactions, Consumer<Anomaly> anomalies) {
        for (ListTransaction transaction : transactions) {
            for (Read read : transaction.reads()) {
                take(transaction, read, anomalies);
            }
        }
    }

    private void take(ListTransaction transaction, Read read, Consumer<Anomaly> anomalies) {
        if (new HashSet<>(read.values()).size() < read.values().size()) {
            anomalies.accept(new Anomaly(
                    Anomaly.Kind.DUPLICATE,
                    transaction.name() + " read " + read.values() + " in the list " + read.key()));
        }
        List<Long> known = longest.getOrDefault(read.key(), List.of());
        int common = Math.min(known.size(), read.values().size());
        if (!known.subList(0, common).equals(read.values().subList(0, common))) {
            anomalies.accept(new Anomaly(
                    Anomaly.Kind.INCOMPATIBLE_ORDER,
                    transaction.name() + " read " + read.values() + " in the list " + read.key()
                            + ", and somebody else " + known));
        } else if (read.values().size() > known.size()) {
            longest.put(read.key(), read.values());
        }
    }

    Map<String, List<Long>> lists() {
        return longest;
    }

    /** Values that somebody saw, with the list they are in. */
    Map<Long, String> seen() {
        Map<Long, String> seen = new HashMap<>();
        longest.forEach((key, values) -> values.forEach(value -> seen.put(value, key)));
        return seen;
    }
}
