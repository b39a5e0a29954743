package io.rookery.bench.faults;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Tickets that the store numbers, each asked for with an Idempotency-Key until the answer is known: every one is there
 * exactly once, with the number that was answered, and no number is left out (in a database of one shard). Some are asked for again although they were
 * answered: at once at another node, and all of a sample at the end.
 */
final class Counters implements Workload {
    private static final int CLIENTS = 3;
    private static final int SAMPLE = 300;
    private static final String PREFIX = "ticket/";
    /** A client that is stopped must end, also when no node answers. */
    private static final long LONGEST_SECONDS = 90;

    private final long seed;
    private final String run;
    private final long youngest;
    private final Tally tally = new Tally();
    private final Queue<Ticket> tickets = new ConcurrentLinkedQueue<>();
    private final Queue<String> violations = new ConcurrentLinkedQueue<>();

    /**
     * A ticket that was asked for.
     *
     * @param id that was answered; null when no answer was ever had
     * @param answered when, by the monotonic clock
     */
    record Ticket(Door.Ask ask, String key, String id, long answered) {}

    /** @param youngest seconds that a sample's answers are old at least when it is asked for again at the end */
    Counters(long seed, long youngest) {
        this.seed = seed;
        this.run = "run" + Long.toString(System.nanoTime(), 36);
        this.youngest = youngest;
    }

    @Override
    public String name() {
        return "counters";
    }

    @Override
    public List<Client> clients(Cluster cluster) {
        List<Client> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(new TicketClient(cluster, i));
        }
        return clients;
    }

    @Override
    public Verdict check(Cluster cluster) {
        Verdict verdict = new Verdict(name(), tally);
        List<Ticket> sample = tickets.stream()
                .filter(ticket -> ticket.id() != null)
                .limit(SAMPLE)
                .toList();
        verdict.say("askedAgainAtTheEnd", sample.size());
        if (!sample.isEmpty()) {
            long newest = sample.stream().mapToLong(Ticket::answered).max().orElseThrow();
            long wait = TimeUnit.SECONDS.toNanos(youngest) - (System.nanoTime() - newest);
            Stage.hold(java.time.Duration.ofNanos(Math.max(0, wait)));
            verdict.say("youngestOfThemSeconds", TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - newest));
        }
        for (int i = 0; i < sample.size(); i++) {
            askAgain(cluster.at(i), sample.get(i));
        }
        violations.forEach(verdict::violation);
        Map<String, String> stored = stored(cluster.at(0));
        verdict.say("tickets", stored.size());
        violationsOf(List.copyOf(tickets), stored, cluster.anchors().size() == 1)
                .forEach(verdict::violation);
        return verdict;
    }

    private void askAgain(Member member, Ticket ticket) {
        Answer answer = member.door(java.time.Duration.ofSeconds(20)).send(ticket.ask());
        if (!answer.isDone()) {
            violations.add(
                    "Asked again at the end for " + ticket.id() + ", node " + member + " answered " + answer.what());
        } else if (!ticket.id().equals(answer.json().get("Id"))
                || answer.header("Idempotency-Repeated").isEmpty()) {
            violations.add("The key " + ticket.key() + " was answered " + ticket.id() + " first and "
                    + answer.json().get("Id") + " at the end by node " + member);
        }
    }

    /** The key that each stored ticket was asked for with. */
    private static Map<String, String> stored(Member member) {
        Map<String, String> stored = new HashMap<>();
        List<String> ids =
                List.copyOf(AcknowledgedWrites.documents(member, PREFIX).keySet());
        for (int from = 0; from < ids.size(); from += 100) {
            List<String> page = ids.subList(from, Math.min(ids.size(), from + 100));
            List<Answer> answers = new ArrayList<>();
            Cluster.await("node " + member + " gives tickets", () -> {
                answers.add(member.door().get(Door.docs(Cluster.DATABASE, page)));
                return answers.get(answers.size() - 1).isDone();
            });
            List<Map<String, Object>> documents =
                    answers.get(answers.size() - 1).results();
            for (int i = 0; i < page.size(); i++) {
                stored.put(page.get(i), (String) documents.get(i).get("key"));
            }
        }
        return stored;
    }

    /**
     * @param stored the key in each stored ticket, by its id
     * @param dense whether no number may be left out: a database of several shards may lose some, and uses none twice
     */
    static List<String> violationsOf(List<Ticket> tickets, Map<String, String> stored, boolean dense) {
        List<String> violations = new ArrayList<>();
        Map<String, List<String>> idsOfKey = new HashMap<>();
        stored.forEach((id, key) ->
                idsOfKey.computeIfAbsent(key, absent -> new ArrayList<>()).add(id));
        Set<String> keys = new HashSet<>();
        for (Ticket ticket : tickets) {
            keys.add(ticket.key());
            List<String> ids = idsOfKey.getOrDefault(ticket.key(), List.of());
            if (ids.size() > 1) {
                violations.add("The key " + ticket.key() + " took effect more than once: " + ids);
            } else if (ticket.id() != null && !ids.equals(List.of(ticket.id()))) {
                violations.add(
                        "The key " + ticket.key() + " was answered " + ticket.id() + " but the store has " + ids);
            }
        }
        idsOfKey.keySet().stream()
                .filter(key -> !keys.contains(key))
                .forEach(key -> violations.add("The key " + key + " was refused, and is there: " + idsOfKey.get(key)));
        for (long number = 1; dense && number <= stored.size(); number++) {
            if (!stored.containsKey(PREFIX + number)) {
                violations.add("Expected " + stored.size() + " tickets without a gap but found no number " + number);
            }
        }
        return violations;
    }

    private final class TicketClient implements Client {
        private final Cluster cluster;
        private final int number;
        private final Random random;
        private int sent;

        TicketClient(Cluster cluster, int number) {
            this.cluster = cluster;
            this.number = number;
            this.random = new Random(seed * 43 + number);
        }

        @Override
        public void act() {
            String key = run + '-' + number + '-' + ++sent;
            Door.Ask ask = new Door.Ask(
                    "PUT",
                    Door.docs(Cluster.DATABASE, List.of("ticket|")),
                    "{\"key\":\"" + key + "\"}",
                    Map.of("Idempotency-Key", key));
            Answer answer = untilKnown(ask);
            if (answer.isDone()) {
                String id = (String) answer.json().get("Id");
                tickets.add(new Ticket(ask, key, id, System.nanoTime()));
                if (random.nextInt(10) == 0) {
                    repeat(ask, id);
                }
            } else if (answer.fate() == Answer.Fate.UNKNOWN) {
                tickets.add(new Ticket(ask, key, null, System.nanoTime()));
            }
        }

        /** A first attempt's outcome that is unknown stays so until the key is answered for. */
        private Answer untilKnown(Door.Ask ask) {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LONGEST_SECONDS);
            boolean unknown = false;
            while (true) {
                Answer answer = tally.count(anyDoor().send(ask));
                unknown |= answer.fate() == Answer.Fate.UNKNOWN;
                if (answer.isDone() || System.nanoTime() - deadline > 0) {
                    return answer.isDone() || !unknown ? answer : Answer.none(Answer.Fate.UNKNOWN, "gave up");
                }
                LockSupport.parkNanos(100_000_000L);
            }
        }

        private Door anyDoor() {
            return cluster.any(random).door();
        }

        private void repeat(Door.Ask ask, String id) {
            Answer answer = tally.count(anyDoor().send(ask));
            if (answer.isDone() && !id.equals(answer.json().get("Id"))) {
                violations.add("Asked again for " + id + ", the answer was "
                        + answer.json().get("Id"));
            }
        }
    }
}
