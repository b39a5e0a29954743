package io.rookery.bench.faults;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/** A set that grows: what was acknowledged is there at the end on every node, what was refused for certain is on none. */
final class AcknowledgedWrites implements Workload {
    static final String PREFIX = "set/";

    private static final int CLIENTS = 3;

    private final long seed;
    private final Tally tally = new Tally();
    private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    private final Set<String> refused = ConcurrentHashMap.newKeySet();

    AcknowledgedWrites(long seed) {
        this.seed = seed;
    }

    @Override
    public String name() {
        return "acknowledged-writes";
    }

    Set<String> acknowledged() {
        return acknowledged;
    }

    Set<String> refused() {
        return refused;
    }

    @Override
    public List<Client> clients(Cluster cluster) {
        List<Client> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(new Adder(cluster, i));
        }
        return clients;
    }

    @Override
    public Verdict check(Cluster cluster) {
        Verdict verdict = new Verdict(name(), tally);
        for (Member member : cluster.members()) {
            Set<String> found = new TreeSet<>(documents(member, PREFIX).keySet());
            String where = " at node " + member;
            List<String> lost = missing(acknowledged, found);
            List<String> ghosts = refused.stream().filter(found::contains).toList();
            verdict.say("lost" + where, lost.size());
            verdict.say("notAppliedThatAppear" + where, ghosts.size());
            lost.forEach(id -> verdict.violation("The acknowledged " + id + " is lost" + where));
            ghosts.forEach(id -> verdict.violation(id + " was answered not_applied and is there" + where));
        }
        return verdict;
    }

    static List<String> missing(Set<String> expected, Set<String> found) {
        return expected.stream().filter(id -> !found.contains(id)).sorted().toList();
    }

    /** Change vectors of all documents with this beginning, as a linearizable read of this node has them. */
    static Map<String, String> documents(Member member, String prefix) {
        return documents(member, Cluster.DATABASE, prefix);
    }

    static Map<String, String> documents(Member member, String database, String prefix) {
        Map<String, String> found = new TreeMap<>();
        String after = "";
        while (true) {
            String path = "/databases/" + database + "/docs?pageSize=1000&metadataOnly=true&startsWith="
                    + Door.encoded(prefix) + "&startAfter=" + Door.encoded(after);
            List<Answer> answers = new ArrayList<>();
            Cluster.await("node " + member + " lists its documents", () -> {
                answers.add(member.door(java.time.Duration.ofSeconds(20)).get(path));
                return answers.get(answers.size() - 1).isDone();
            });
            List<Map<String, Object>> page = answers.get(answers.size() - 1).results();
            for (Map<String, Object> document : page) {
                Map<?, ?> metadata = (Map<?, ?>) document.get("@metadata");
                after = (String) metadata.get("@id");
                found.put(after, (String) metadata.get("@change-vector"));
            }
            if (page.isEmpty()) {
                return found;
            }
        }
    }

    private final class Adder implements Client {
        private final Cluster cluster;
        private final int number;
        private final Random random;
        private int sent;

        Adder(Cluster cluster, int number) {
            this.cluster = cluster;
            this.number = number;
            this.random = new Random(seed * 41 + number);
        }

        @Override
        public void act() {
            String id = PREFIX + number + '/' + ++sent;
            Member member = cluster.any(random);
            Answer answer = tally.count(member.door()
                    .put(Door.docs(Cluster.DATABASE, List.of(id)), "{\"@metadata\":{\"@collection\":\"Set\"}}"));
            if (answer.isDone()) {
                acknowledged.add(id);
            } else if (answer.fate() == Answer.Fate.REFUSED) {
                refused.add(id);
            }
        }
    }
}
