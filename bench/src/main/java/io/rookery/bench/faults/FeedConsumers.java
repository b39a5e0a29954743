package io.rookery.bench.faults;

import io.rookery.api.Json;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Six readers of the feed that begin at its start and go on at another node all the time. Each sees every document's
 * changes in order and none twice, ends at every document's last version, has met every acknowledged write, and no two
 * see different changes at one place.
 */
final class FeedConsumers implements Workload {
    private static final int CONSUMERS = 6;

    private final long seed;
    private final AcknowledgedWrites writes;
    private final Tally tally = new Tally();
    private final Queue<String> violations = new ConcurrentLinkedQueue<>();
    private final Map<String, String> changeAt = new ConcurrentHashMap<>();
    private final List<Consumer> consumers = new ArrayList<>();

    FeedConsumers(long seed, AcknowledgedWrites writes) {
        this.seed = seed;
        this.writes = writes;
    }

    @Override
    public String name() {
        return "feed";
    }

    @Override
    public List<Client> clients(Cluster cluster) {
        for (int i = 0; i < CONSUMERS; i++) {
            consumers.add(new Consumer(cluster, i));
        }
        return List.copyOf(consumers);
    }

    @Override
    public Verdict check(Cluster cluster) {
        Verdict verdict = new Verdict(name(), tally);
        Map<String, String> last = readAllToTheEnd(cluster.at(0));
        for (Consumer consumer : consumers) {
            consumer.seen.violationsAtTheEnd(last, writes).forEach(violations::add);
            verdict.say(
                    "consumer" + consumer.number,
                    consumer.seen.changes() + " changes, " + consumer.hops + " changes of node");
        }
        violations.forEach(verdict::violation);
        return verdict;
    }

    /** Returns the documents' versions; a write whose client gave up long ago may still come between. */
    private Map<String, String> readAllToTheEnd(Member member) {
        Map<String, String> before;
        Map<String, String> after = AcknowledgedWrites.documents(member, "");
        do {
            before = after;
            consumers.forEach(Consumer::readToTheEnd);
            after = AcknowledgedWrites.documents(member, "");
        } while (!before.equals(after));
        return after;
    }

    /** One change as the feed gives it. */
    record Change(long sequence, String id, String vector, boolean deleted) {
        /** Sequence numbers count in one shard; its tag is in front in the change vector. */
        String shard() {
            return vector.substring(0, vector.indexOf(':') + 1);
        }
    }

    /** What one consumer has seen; says what is wrong as it comes. */
    static final class Seen {
        private final String who;
        private final Map<String, String> last = new HashMap<>();
        private final Set<String> ids = new HashSet<>();
        private final Map<String, Long> sequences = new HashMap<>();
        private final Map<String, Long> byId = new HashMap<>();
        private int shards;
        private boolean split;
        private long changes;

        Seen(String who) {
            this.who = who;
        }

        long changes() {
            return changes;
        }

        /** What was written before a split comes out of both shards, so from then on the order is each document's only. */
        void at(String token) {
            int places = token.split(",").length;
            split |= shards > 1 && places > shards;
            shards = Math.max(shards, places);
        }

        List<String> take(Change change) {
            List<String> wrong = new ArrayList<>();
            long ofShard = sequences.getOrDefault(change.shard(), 0L);
            long ofDocument = byId.getOrDefault(change.id(), 0L);
            long sequence = split ? ofDocument : Math.max(ofShard, ofDocument);
            if (change.sequence() <= sequence) {
                wrong.add(who + " saw " + change + " after it had seen up to " + sequence);
            }
            sequences.put(change.shard(), Math.max(ofShard, change.sequence()));
            byId.put(change.id(), Math.max(ofDocument, change.sequence()));
            changes++;
            ids.add(change.id());
            if (change.deleted()) {
                last.remove(change.id());
            } else {
                last.put(change.id(), change.vector());
            }
            return wrong;
        }

        /** @param stored change vectors of all documents */
        List<String> violationsAtTheEnd(Map<String, String> stored, AcknowledgedWrites writes) {
            List<String> wrong = new ArrayList<>();
            stored.forEach((id, vector) -> {
                if (!vector.equals(last.get(id))) {
                    wrong.add(who + " saw " + last.get(id) + " of " + id + " last, but the store has " + vector);
                }
            });
            last.keySet().stream()
                    .filter(id -> !stored.containsKey(id))
                    .forEach(id -> wrong.add(who + " did not see that " + id + " was deleted"));
            AcknowledgedWrites.missing(writes.acknowledged(), ids)
                    .forEach(id -> wrong.add(who + " never saw the acknowledged " + id));
            writes.refused().stream()
                    .filter(ids::contains)
                    .forEach(id -> wrong.add(who + " saw " + id + ", which was answered not_applied"));
            return wrong;
        }
    }

    private final class Consumer implements Client {
        private final Cluster cluster;
        private final int number;
        private final Random random;
        private final Seen seen;
        private String token = "0";
        private int node;
        private int hops;

        Consumer(Cluster cluster, int number) {
            this.cluster = cluster;
            this.number = number;
            this.random = new Random(seed * 47 + number);
            this.seen = new Seen("Consumer " + number);
            this.node = number % cluster.members().size();
        }

        @Override
        public void act() {
            Answer answer = page(Duration.ofSeconds(5), "500ms");
            tally.count(answer);
            if (!answer.isDone() || random.nextInt(3) == 0) {
                int next = random.nextInt(cluster.members().size());
                hops += next == node ? 0 : 1;
                node = next;
            }
        }

        private Answer page(Duration patience, String wait) {
            Answer answer = cluster.at(node)
                    .door(patience)
                    .get("/databases/" + Cluster.DATABASE + "/feed?limit=500&wait=" + wait + "&since=" + token);
            if (answer.isDone()) {
                take(answer.body());
            } else if (answer.status() == 410 || answer.status() == 400) {
                violations.add("The place " + token + " of consumer " + number + " was refused: " + answer.what());
            }
            return answer;
        }

        private void take(byte[] body) {
            for (String line : new String(body, StandardCharsets.UTF_8).split("\n")) {
                if (line.isBlank()) {
                    continue;
                }
                Map<String, Object> item = Json.parse(line).asObject();
                if (item.get("checkpoint") instanceof String place) {
                    token = place;
                } else {
                    token = (String) item.get("token");
                    seen.at(token);
                    Change change = new Change(
                            (Long) item.get("sequence"),
                            (String) item.get("id"),
                            (String) item.get("changeVector"),
                            "delete".equals(item.get("operation")));
                    violations.addAll(seen.take(change));
                    compare(change, String.valueOf(item.get("document")));
                }
            }
        }

        private void compare(Change change, String document) {
            String what = change + " " + document.hashCode();
            String other = changeAt.putIfAbsent(change.shard() + change.sequence(), what);
            if (other != null && !other.equals(what)) {
                violations.add("Two consumers saw different changes: " + what + " and " + other);
            }
        }

        private void readToTheEnd() {
            String before;
            do {
                before = token;
                Cluster.await("node " + cluster.at(node) + " gives its feed", () -> page(Duration.ofSeconds(10), "0s")
                        .isDone());
            } while (!before.equals(token));
        }
    }
}
