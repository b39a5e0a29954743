package io.rookery.bench.faults;

import io.rookery.checkers.linearizability.Effect;
import io.rookery.checkers.linearizability.Linearizability;
import io.rookery.checkers.linearizability.Operation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Registers: clients that stay with one node each read, write, delete and compare-and-set them. Every register's history
 * must be linearizable. New registers come after so many operations: a check of one with too many unknown outcomes would
 * not end.
 */
final class Registers implements Workload {
    private static final int CLIENTS_OF_A_NODE = 2;
    private static final int REGISTERS = 4;
    private static final int OPERATIONS_OF_A_GENERATION = 1_200;

    private final long seed;
    private final Tally tally = new Tally();
    private final Queue<Operation> history = new ConcurrentLinkedQueue<>();
    private final Map<String, String> valueOfVector = new ConcurrentHashMap<>();
    private final Queue<String> surprises = new ConcurrentLinkedQueue<>();
    private final AtomicLong operations = new AtomicLong();

    Registers(long seed) {
        this.seed = seed;
    }

    @Override
    public String name() {
        return "registers";
    }

    @Override
    public List<Client> clients(Cluster cluster) {
        List<Client> clients = new ArrayList<>();
        for (Member member : cluster.members()) {
            for (int i = 1; i <= CLIENTS_OF_A_NODE; i++) {
                clients.add(new RegisterClient(cluster, member.number(), member.tag() + i));
            }
        }
        return clients;
    }

    @Override
    public Verdict check(Cluster cluster) {
        Verdict verdict = new Verdict(name(), tally);
        verdict.say(
                "registers",
                history.stream().map(Operation::register).distinct().count());
        surprises.forEach(verdict::violation);
        Linearizability.violations(List.copyOf(history)).forEach(violation -> verdict.violation(violation.toString()));
        return verdict;
    }

    /** @param vector null for a register without a value */
    private record Version(String vector, String value) {
        static final Version NONE = new Version(null, null);
    }

    private final class RegisterClient implements Client {
        private final Cluster cluster;
        private final int node;
        private final String name;
        private final Random random;
        private final Map<String, Version> seen = new HashMap<>();
        private int written;

        RegisterClient(Cluster cluster, int node, String name) {
            this.cluster = cluster;
            this.node = node;
            this.name = name;
            this.random = new Random(seed * 31 + name.hashCode());
        }

        @Override
        public void act() {
            String register = "register/" + operations.incrementAndGet() / OPERATIONS_OF_A_GENERATION + '/'
                    + random.nextInt(REGISTERS);
            int dice = random.nextInt(100);
            if (dice < 45) {
                read(register);
            } else if (dice < 70) {
                String value = newValue();
                send(register, new Effect.Write(value), put(register, value, Map.of()));
            } else if (dice < 75) {
                send(register, new Effect.Write(null), new Door.Ask("DELETE", path(register), null, Map.of()));
            } else {
                swap(register);
            }
        }

        private Door door() {
            return cluster.at(node).door();
        }

        private String path(String register) {
            return Door.docs(Cluster.DATABASE, List.of(register));
        }

        private String newValue() {
            return name + "." + ++written;
        }

        private Door.Ask put(String register, String value, Map<String, String> headers) {
            return new Door.Ask("PUT", path(register), "{\"value\":\"" + value + "\"}", headers);
        }

        private void swap(String register) {
            String value = newValue();
            Version expected = seen.getOrDefault(register, Version.NONE);
            Map<String, String> condition = expected.vector() == null
                    ? Map.of("If-None-Match", "*")
                    : Map.of("If-Match", '"' + expected.vector() + '"');
            send(register, new Effect.Swap(expected.value(), value), put(register, value, condition));
        }

        private void read(String register) {
            long invoked = System.nanoTime();
            Answer answer = door().get(path(register));
            long returned = System.nanoTime();
            boolean absent = answer.isAbsent();
            if (!absent && !answer.isDone()) {
                tally.count(answer);
                return;
            }
            tally.count(absent ? Answer.none(Answer.Fate.DONE, "") : answer);
            Version version = absent
                    ? Version.NONE
                    : new Version(
                            answer.vector(), (String) answer.results().get(0).get("value"));
            know(register, version);
            history.add(new Operation(register, name, new Effect.Read(version.value()), invoked, returned));
        }

        /** One change vector is one version of one document: whoever sees it sees the same value. */
        private void know(String register, Version version) {
            seen.put(register, version);
            if (version.vector() != null) {
                String known = valueOfVector.putIfAbsent(version.vector(), version.value());
                if (known != null && !known.equals(version.value())) {
                    surprises.add("Change vector " + version.vector() + " is of '" + known + "' and of '"
                            + version.value() + "'");
                }
            }
        }

        private void send(String register, Effect effect, Door.Ask ask) {
            long invoked = System.nanoTime();
            Answer answer = tally.count(door().send(ask));
            long returned = System.nanoTime();
            if (answer.isDone()) {
                String value = effect.after(null);
                know(register, value == null ? Version.NONE : new Version(answer.vector(), value));
                history.add(new Operation(register, name, effect, invoked, returned));
            } else if (answer.isConflict() && effect instanceof Effect.Swap swap) {
                Effect refused = new Effect.RefusedSwap(swap.expected());
                history.add(new Operation(register, name, refused, invoked, returned));
            } else if (answer.fate() == Answer.Fate.UNKNOWN) {
                history.add(new Operation(register, name, effect, invoked, Operation.NEVER));
            }
            // refused for certain: if its value is seen all the same, no order will explain that
        }
    }
}
