package io.rookery.checkers.linearizability;

import java.util.List;

/**
 * A register whose history no order explains.
 *
 * @param explained the longest order that was found
 * @param value what the register holds after it
 * @param stuck the operations that were open then, none of which can come next
 */
public record Violation(String register, List<Operation> explained, String value, List<Operation> stuck) {
    private static final int SHOWN = 8;

    public Violation {
        explained = List.copyOf(explained);
        stuck = List.copyOf(stuck);
    }

    @Override
    public String toString() {
        int size = explained.size();
        return "Register " + register + " is not linearizable: after " + size + " operations, the last of them\n  "
                + lines(explained.subList(Math.max(0, size - SHOWN), size)) + "\nit holds " + value
                + ", and none of these can come next\n  " + lines(stuck);
    }

    private static String lines(List<Operation> operations) {
        return String.join("\n  ", operations.stream().map(Operation::toString).toList());
    }
}
