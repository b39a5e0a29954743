package io.rookery.server.linearizability;

import io.rookery.checkers.linearizability.Operation;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/** What all clients did and saw, with what may not happen at all; any thread. */
final class History {
    private final Queue<Operation> operations = new ConcurrentLinkedQueue<>();
    private final Queue<String> surprises = new ConcurrentLinkedQueue<>();
    private final Map<String, String> valueOfVector = new ConcurrentHashMap<>();
    private final Map<String, AtomicLong> answered = new ConcurrentHashMap<>();
    private final AtomicLong refused = new AtomicLong();

    void add(Operation operation) {
        operations.add(operation);
        if (!operation.isOpen()) {
            answered.computeIfAbsent(operation.client(), absent -> new AtomicLong())
                    .incrementAndGet();
        }
    }

    /** A request that was refused for certain, or a read without an answer: it says nothing of the register. */
    void addRefused() {
        refused.incrementAndGet();
    }

    void addSurprise(String surprise) {
        surprises.add(surprise);
    }

    /** One change vector is one version of one document: whoever sees it sees the same value. */
    void addVersion(String vector, String value) {
        String known = valueOfVector.putIfAbsent(vector, value);
        if (known != null && !known.equals(value)) {
            addSurprise("Change vector " + vector + " is of '" + known + "' and of '" + value + "'");
        }
    }

    List<Operation> operations() {
        return List.copyOf(operations);
    }

    List<String> surprises() {
        return List.copyOf(surprises);
    }

    /** Operations with a known outcome, of the clients with names that begin so. */
    long answered(String prefix) {
        return answered.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(prefix))
                .mapToLong(entry -> entry.getValue().get())
                .sum();
    }

    long unknown() {
        return operations.stream().filter(Operation::isOpen).count();
    }

    /** Requests that did not come to an answer about the register. */
    long unanswered() {
        return unknown() + refused.get();
    }

    @Override
    public String toString() {
        return operations.size() + " operations, " + unknown() + " of them with unknown outcome, " + refused
                + " more refused or reads without an answer";
    }
}
