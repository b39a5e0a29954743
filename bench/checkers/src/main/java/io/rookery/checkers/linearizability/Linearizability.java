package io.rookery.checkers.linearizability;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Checks histories of registers. Linearizability is local: a history is linearizable when that of each register is
 * (Herlihy and Wing, "Linearizability: a correctness condition for concurrent objects", TOPLAS 1990), so each is
 * searched by itself.
 */
public final class Linearizability {
    private Linearizability() {}

    /** One for each register that no order explains; empty when the history is linearizable. */
    public static List<Violation> violations(List<Operation> history) {
        Map<String, List<Operation>> registers = new TreeMap<>();
        for (Operation operation : history) {
            registers
                    .computeIfAbsent(operation.register(), absent -> new ArrayList<>())
                    .add(operation);
        }
        List<Violation> violations = new ArrayList<>();
        registers
                .values()
                .forEach(operations -> new OrderSearch(operations).run().ifPresent(violations::add));
        return violations;
    }
}
