package io.rookery.checkers.linearizability;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;

/**
 * One way in which what happened so far can have happened.
 *
 * @param done which of the open operations took effect, by their slots
 * @param unheard which of those that never returned took effect, by their slots
 * @param value of the register
 * @param last operation that took effect, with those before it
 */
record Configuration(BitSet done, BitSet unheard, String value, Trace last) {
    static final Configuration START = new Configuration(new BitSet(), new BitSet(), null, null);

    record Trace(Operation operation, Trace before) {}

    /** What two configurations have in common of which one is as good as the other, or better. */
    record Key(BitSet done, String value) {}

    Key key() {
        return new Key(done, value);
    }

    boolean hasDone(int slot, Operation operation) {
        return (operation.isOpen() ? unheard : done).get(slot);
    }

    Configuration with(int slot, Operation operation) {
        Trace trace = new Trace(operation, last);
        String next = operation.effect().after(value);
        return operation.isOpen()
                ? new Configuration(done, plus(unheard, slot), next, trace)
                : new Configuration(plus(done, slot), unheard, next, trace);
    }

    /** After the operation in this slot returned: the slot is free. */
    Configuration without(int slot) {
        BitSet less = (BitSet) done.clone();
        less.clear(slot);
        return new Configuration(less, unheard, value, last);
    }

    private static BitSet plus(BitSet set, int slot) {
        BitSet more = (BitSet) set.clone();
        more.set(slot);
        return more;
    }

    /** What took effect, in its order. */
    List<Operation> order() {
        List<Operation> order = new ArrayList<>();
        for (Trace trace = last; trace != null; trace = trace.before()) {
            order.add(trace.operation());
        }
        Collections.reverse(order);
        return order;
    }
}
