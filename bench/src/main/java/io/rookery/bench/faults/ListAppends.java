package io.rookery.bench.faults;

import io.rookery.api.Json;
import io.rookery.checkers.transactions.ListAppendCheck;
import io.rookery.checkers.transactions.ListTransaction;
import io.rookery.checkers.transactions.ListTransaction.Append;
import io.rookery.checkers.transactions.ListTransaction.Outcome;
import io.rookery.checkers.transactions.ListTransaction.Read;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Transactions with the default settings that read some lists and append to some of them, each list a document; also ones
 * that only read: as a transaction without commands, and as one read of several documents. They must be strictly
 * serializable.
 */
final class ListAppends implements Workload {
    private static final int CLIENTS = 6;
    private static final int LISTS = 4;
    /** Lists are written whole each time: none may grow for ever. */
    private static final int TRANSACTIONS_OF_A_GENERATION = 400;

    private final long seed;
    private final Tally tally = new Tally();
    private final Queue<ListTransaction> history = new ConcurrentLinkedQueue<>();
    private final AtomicLong transactions = new AtomicLong();
    private final AtomicLong values = new AtomicLong();
    private List<String> anchors = List.of();

    ListAppends(long seed) {
        this.seed = seed;
    }

    @Override
    public String name() {
        return "list-append";
    }

    @Override
    public void prepare(Cluster cluster) {
        anchors = cluster.anchors();
    }

    @Override
    public List<Client> clients(Cluster cluster) {
        List<Client> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(new ListClient(cluster, i));
        }
        return clients;
    }

    @Override
    public Verdict check(Cluster cluster) {
        Verdict verdict = new Verdict(name(), tally);
        long last = transactions.get() / TRANSACTIONS_OF_A_GENERATION;
        Member asked = cluster.members().get(0);
        for (long generation = 0; generation <= last; generation++) {
            for (String anchor : anchors) {
                List<String> lists = new ArrayList<>();
                for (int i = 0; i < LISTS; i++) {
                    lists.add(list(generation, i, anchor));
                }
                readAtTheEnd(asked, lists, verdict);
            }
        }
        List<ListTransaction> all = List.copyOf(history);
        verdict.say("transactions", all.size());
        ListAppendCheck.anomalies(all).forEach(anomaly -> verdict.violation(anomaly.toString()));
        return verdict;
    }

    private void readAtTheEnd(Member asked, List<String> lists, Verdict verdict) {
        long invoked = System.nanoTime();
        Answer answer = asked.door().get(Door.docs(Cluster.DATABASE, lists));
        long returned = System.nanoTime();
        verdict.require(answer.isDone(), "The last read of " + lists + " was answered " + answer.what());
        if (answer.isDone()) {
            history.add(new ListTransaction(
                    "the last read of " + lists,
                    reads(versions(lists, answer)),
                    List.of(),
                    Outcome.COMMITTED,
                    invoked,
                    returned));
        }
    }

    /** Lists of one anchor are in one shard, as those of a transaction must be. */
    private static String list(long generation, int number, String anchor) {
        return "list/" + generation + '/' + number + '$' + anchor;
    }

    /** A list as it was read; an empty vector stands for one that is absent. */
    private record Version(String list, String vector, List<Long> values) {}

    @SuppressWarnings("unchecked")
    private static List<Version> versions(List<String> lists, Answer answer) {
        List<Version> versions = new ArrayList<>();
        for (int i = 0; i < lists.size(); i++) {
            Map<String, Object> document = answer.results().get(i);
            if (document == null) {
                versions.add(new Version(lists.get(i), "", List.of()));
            } else {
                Map<String, Object> metadata = (Map<String, Object>) document.get("@metadata");
                versions.add(new Version(
                        lists.get(i), (String) metadata.get("@change-vector"), (List<Long>) document.get("values")));
            }
        }
        return versions;
    }

    private static List<Read> reads(List<Version> versions) {
        return versions.stream()
                .map(version -> new Read(version.list(), version.values()))
                .toList();
    }

    private final class ListClient implements Client {
        private final Cluster cluster;
        private final int number;
        private final Random random;
        private int sent;

        ListClient(Cluster cluster, int number) {
            this.cluster = cluster;
            this.number = number;
            this.random = new Random(seed * 31 + number);
        }

        @Override
        public void act() {
            long generation = transactions.incrementAndGet() / TRANSACTIONS_OF_A_GENERATION;
            String anchor = anchors.get(random.nextInt(anchors.size()));
            TreeSet<String> lists = new TreeSet<>();
            int count = 2 + random.nextInt(2);
            for (int i = 0; i < count; i++) {
                lists.add(list(generation, random.nextInt(LISTS), anchor));
            }
            lists.add(list(generation, LISTS - 1, anchor)); // two at least
            List<String> ids = List.copyOf(lists);
            Door door = anyDoor();
            long invoked = System.nanoTime();
            Answer answer = door.get(Door.docs(Cluster.DATABASE, ids));
            if (answer.status() != 200) {
                tally.count(answer);
                return;
            }
            go(door, versions(ids, answer), invoked, System.nanoTime());
        }

        private Door anyDoor() {
            return cluster.any(random).door();
        }

        private void go(Door door, List<Version> versions, long invoked, long returned) {
            int dice = random.nextInt(10);
            if (dice < 2) { // one read of several documents is a transaction by itself
                tally.count(Answer.none(Answer.Fate.DONE, ""));
                history.add(new ListTransaction(
                        newName(), reads(versions), List.of(), Outcome.COMMITTED, invoked, returned));
            } else {
                transact(random.nextInt(10) < 2 ? anyDoor() : door, versions, dice < 3 ? 0 : 1 + random.nextInt(3));
            }
        }

        private String newName() {
            return "T" + number + '.' + ++sent;
        }

        private void transact(Door door, List<Version> versions, int count) {
            List<Append> appends = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                appends.add(
                        new Append(versions.get(random.nextInt(versions.size())).list(), values.incrementAndGet()));
            }
            String body = body(versions, appends);
            long invoked = System.nanoTime();
            Answer answer = tally.count(
                    door.send(new Door.Ask("POST", "/databases/" + Cluster.DATABASE + "/bulk_docs", body, Map.of())));
            long returned = System.nanoTime();
            Outcome outcome =
                    switch (answer.fate()) {
                        case DONE -> Outcome.COMMITTED;
                        case REFUSED -> Outcome.ABORTED;
                        case UNKNOWN -> Outcome.UNKNOWN;
                    };
            history.add(new ListTransaction(newName(), reads(versions), appends, outcome, invoked, returned));
        }
    }

    /** Each append is a write of its whole list, so that there is something between two to be seen by nobody. */
    private static String body(List<Version> versions, List<Append> appends) {
        List<Object> reads = new ArrayList<>();
        Map<String, List<Long>> lists = new LinkedHashMap<>();
        for (Version version : versions) {
            reads.add(Map.of("Id", version.list(), "ChangeVector", version.vector()));
            lists.put(version.list(), new ArrayList<>(version.values()));
        }
        List<Object> commands = new ArrayList<>();
        for (Append append : appends) {
            lists.get(append.key()).add(append.value());
            commands.add(Map.of(
                    "Type",
                    "PUT",
                    "Id",
                    append.key(),
                    "Document",
                    Map.of("values", List.copyOf(lists.get(append.key())))));
        }
        return Json.of(Map.of("Reads", reads, "Commands", commands)).toString();
    }
}
