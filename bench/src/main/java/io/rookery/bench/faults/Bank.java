package io.rookery.bench.faults;

import io.rookery.api.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;

/**
 * Transfers between the accounts of a bank, one for each shard: whoever looks at all of its accounts at once sees the same
 * total, and no account below zero.
 */
final class Bank implements Workload {
    private static final int CLIENTS = 3;
    private static final int ACCOUNTS = 6;
    private static final long EACH = 100;

    private final long seed;
    private final Tally tally = new Tally();
    private final Queue<String> violations = new ConcurrentLinkedQueue<>();
    private final List<List<String>> banks = new ArrayList<>();

    Bank(long seed) {
        this.seed = seed;
    }

    @Override
    public String name() {
        return "bank";
    }

    @Override
    public void prepare(Cluster cluster) {
        for (String anchor : cluster.anchors()) {
            List<String> accounts = IntStream.range(0, ACCOUNTS)
                    .mapToObj(i -> "account/" + i + '$' + anchor)
                    .toList();
            banks.add(accounts);
            accounts.forEach(account -> open(cluster, account));
        }
    }

    private static void open(Cluster cluster, String account) {
        String path = Door.docs(Cluster.DATABASE, List.of(account));
        Cluster.await(
                account + " was opened",
                () -> cluster.at(0).door().put(path, balance(EACH).toString()).isDone());
    }

    private static Json balance(long amount) {
        return Json.of(Map.of("balance", amount));
    }

    @Override
    public List<Client> clients(Cluster cluster) {
        List<Client> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(new Teller(cluster, new Random(seed * 37 + i)));
        }
        return clients;
    }

    @Override
    public Verdict check(Cluster cluster) {
        Verdict verdict = new Verdict(name(), tally);
        for (Member member : cluster.members()) {
            for (List<String> accounts : banks) {
                Answer answer = member.door().get(Door.docs(Cluster.DATABASE, accounts));
                verdict.require(answer.isDone(), "The last look at node " + member + " was answered " + answer.what());
                if (answer.isDone()) {
                    look(answer, "at the end at node " + member);
                }
            }
        }
        violations.forEach(verdict::violation);
        return verdict;
    }

    private void look(Answer answer, String where) {
        violationOf(answer.results().stream()
                        .map(document -> document == null ? null : (Long) document.get("balance"))
                        .toList())
                .ifPresent(what -> violations.add(what + ' ' + where));
    }

    /** @param balances of all accounts, as they were seen at once; null for one that is missing */
    static java.util.Optional<String> violationOf(List<Long> balances) {
        if (balances.stream().anyMatch(java.util.Objects::isNull)) {
            return java.util.Optional.of("An account is missing: " + balances);
        }
        long total = balances.stream().mapToLong(Long::longValue).sum();
        if (total != EACH * ACCOUNTS) {
            return java.util.Optional.of("Expected a total of " + EACH * ACCOUNTS + " but found " + balances);
        }
        return balances.stream().anyMatch(balance -> balance < 0)
                ? java.util.Optional.of("Expected no account below zero but found " + balances)
                : java.util.Optional.empty();
    }

    private final class Teller implements Client {
        private final Cluster cluster;
        private final Random random;

        Teller(Cluster cluster, Random random) {
            this.cluster = cluster;
            this.random = random;
        }

        @Override
        public void act() {
            Door door = cluster.any(random).door();
            List<String> accounts = banks.get(random.nextInt(banks.size()));
            Answer answer = door.get(Door.docs(Cluster.DATABASE, accounts));
            if (answer.status() != 200) {
                tally.count(answer);
                return;
            }
            look(answer, "during the run");
            int from = random.nextInt(ACCOUNTS);
            int to = (from + 1 + random.nextInt(ACCOUNTS - 1)) % ACCOUNTS;
            transfer(door, List.of(answer.results().get(from), answer.results().get(to)));
        }

        private void transfer(Door door, List<Map<String, Object>> between) {
            long has = (Long) between.get(0).get("balance");
            long amount = Math.min(has, 1 + random.nextInt(20));
            List<Object> reads = new ArrayList<>();
            List<Object> commands = new ArrayList<>();
            for (Map<String, Object> document : between) {
                long change = document == between.get(0) ? -amount : amount;
                Map<?, ?> metadata = (Map<?, ?>) document.get("@metadata");
                Object id = metadata.get("@id");
                reads.add(Map.of("Id", id, "ChangeVector", metadata.get("@change-vector")));
                commands.add(Map.of(
                        "Type",
                        "PUT",
                        "Id",
                        id,
                        "Document",
                        Map.of("balance", (Long) document.get("balance") + change)));
            }
            String body = Json.of(Map.of("Reads", reads, "Commands", commands)).toString();
            tally.count(
                    door.send(new Door.Ask("POST", "/databases/" + Cluster.DATABASE + "/bulk_docs", body, Map.of())));
        }
    }
}
