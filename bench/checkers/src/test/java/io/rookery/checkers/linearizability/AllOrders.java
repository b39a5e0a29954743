package io.rookery.checkers.linearizability;

import java.util.BitSet;
import java.util.List;

/** Tries every order, by the definition and with no cleverness: slow, and right at a glance. */
final class AllOrders {
    private final List<Operation> operations;

    AllOrders(List<Operation> operations) {
        this.operations = List.copyOf(operations);
    }

    boolean oneExplains() {
        return oneExplains(new BitSet(), null);
    }

    private boolean oneExplains(BitSet done, String value) {
        boolean complete = true;
        for (int i = 0; i < operations.size(); i++) {
            complete &= done.get(i) || operations.get(i).isOpen();
        }
        if (complete) {
            return true;
        }
        for (int i = 0; i < operations.size(); i++) {
            Effect effect = operations.get(i).effect();
            if (!done.get(i) && effect.fits(value) && mayComeNext(i, done)) {
                BitSet more = (BitSet) done.clone();
                more.set(i);
                if (oneExplains(more, effect.after(value))) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Not when another one that is still to come had returned before this one was called. */
    private boolean mayComeNext(int next, BitSet done) {
        for (int i = 0; i < operations.size(); i++) {
            if (!done.get(i)
                    && operations.get(i).returned() < operations.get(next).invoked()) {
                return false;
            }
        }
        return true;
    }
}
