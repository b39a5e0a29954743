package io.rookery.checkers.linearizability;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.TreeMap;

/**
 * Searches an order of one register's operations that keeps their real time and explains their answers: Lowe's
 * just-in-time graph search ("Testing for linearizability", CCPE 2017) upon the algorithm of Wing and Gong ("Testing and
 * verifying concurrent objects", JPDC 1993). It goes through calls and returns in their order and keeps every
 * configuration that is possible, each once; an operation takes effect at the latest when it returns. One that never
 * returned may take effect at any time after its call, and need not at all.
 */
final class OrderSearch {
    private final String register;
    private final List<Moment> moments = new ArrayList<>();
    /** Called and not yet returned, by slot. */
    private final TreeMap<Integer, Operation> open = new TreeMap<>();

    private List<Configuration> configurations = List.of(Configuration.START);

    /** A call or a return. */
    private record Moment(long time, boolean call, Operation operation) {}

    OrderSearch(List<Operation> operations) {
        register = operations.get(0).register();
        for (Operation operation : operations) {
            if (operation.isOpen() && operation.effect().isQuiet()) {
                continue;
            }
            moments.add(new Moment(operation.invoked(), true, operation));
            if (!operation.isOpen()) {
                moments.add(new Moment(operation.returned(), false, operation));
            }
        }
        // at the same time calls come first: the two may then have been in any order, so nothing is accused wrongly
        moments.sort(Comparator.comparingLong(Moment::time).thenComparing(moment -> !moment.call()));
    }

    /** Empty when an order was found. */
    Optional<Violation> run() {
        for (Moment moment : moments) {
            if (moment.call()) {
                call(moment.operation());
            } else if (!returns(moment.operation())) {
                Configuration one = configurations.get(0);
                return Optional.of(new Violation(register, one.order(), one.value(), notDone(one)));
            }
        }
        return Optional.empty();
    }

    private void call(Operation operation) {
        int slot = 0;
        while (open.containsKey(slot)) {
            slot++;
        }
        open.put(slot, operation);
        if (operation.effect().isQuiet()) {
            configurations = distinct(configurations);
        }
    }

    /** False when it can have taken effect in no configuration. */
    private boolean returns(Operation operation) {
        int slot = slotOf(operation);
        Configurations next = new Configurations();
        Configurations seen = new Configurations();
        // those first that used fewest of what need not take effect: they make the others needless
        Queue<Configuration> queue =
                new PriorityQueue<>(Comparator.comparingInt(one -> one.unheard().cardinality()));
        configurations.stream().filter(seen::add).forEach(queue::add);
        while (!queue.isEmpty()) {
            Configuration one = queue.poll();
            if (one.hasDone(slot, operation)) {
                next.add(one.without(slot));
                continue;
            }
            open.forEach((other, candidate) -> {
                if (!one.hasDone(other, candidate) && candidate.effect().fits(one.value())) {
                    Configuration more = settled(one.with(other, candidate));
                    if (seen.add(more)) {
                        queue.add(more);
                    }
                }
            });
        }
        if (next.isEmpty()) {
            return false;
        }
        open.remove(slot);
        configurations = next.toList();
        return true;
    }

    @SuppressWarnings("ReferenceEquality") // two operations may be equal, but each is itself
    private int slotOf(Operation operation) {
        return open.entrySet().stream()
                .filter(entry -> entry.getValue() == operation)
                .findFirst()
                .orElseThrow()
                .getKey();
    }

    private List<Configuration> distinct(List<Configuration> all) {
        Configurations distinct = new Configurations();
        all.forEach(one -> distinct.add(settled(one)));
        return distinct.toList();
    }

    /** Lets all take effect now that fit and change nothing: later they could do no more. */
    private Configuration settled(Configuration configuration) {
        Configuration settled = configuration;
        for (var entry : open.entrySet()) {
            Operation operation = entry.getValue();
            if (operation.effect().isQuiet()
                    && !settled.hasDone(entry.getKey(), operation)
                    && operation.effect().fits(settled.value())) {
                settled = settled.with(entry.getKey(), operation);
            }
        }
        return settled;
    }

    private List<Operation> notDone(Configuration configuration) {
        return open.entrySet().stream()
                .filter(entry -> !configuration.hasDone(entry.getKey(), entry.getValue()))
                .map(java.util.Map.Entry::getValue)
                .toList();
    }
}
