package io.rookery.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.rookery.api.Json;
import io.rookery.server.blackbox.Answer;
import io.rookery.server.blackbox.Api;
import io.rookery.server.blackbox.Nodes;
import io.rookery.server.process.ServerProcess;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Databases of three shards on three processes: {@code wide} has each shard on every node, {@code thin} and {@code moved}
 * each on one, so that most of what a node is asked for is elsewhere.
 */
final class ShardsIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int DOCUMENTS = 1_000;

    @TempDir
    private static Path folder;

    private static Nodes nodes;

    @BeforeAll
    static void start() {
        nodes = Nodes.start(folder, 3);
        create("wide", 3);
        create("thin", 1);
        create("moved", 1);
    }

    private static void create(String name, int replicas) {
        String path = "/databases/" + name + "?shards=3&replicas=" + replicas;
        await().atMost(PATIENCE).until(() -> nodes.api(1).put(path, "").isOk());
        // three nodes: a database is there for one as soon as it has heard of it
        for (ServerProcess node : nodes.all()) {
            await().atMost(PATIENCE).until(() -> new Api(node.url())
                    .get("/databases/" + name + "/docs?startsWith=none")
                    .isOk());
        }
    }

    @AfterAll
    static void end() {
        nodes.close();
    }

    private static List<Map<String, Object>> shards(String database) {
        return nodes.api(0).get("/cluster").list("shards").stream()
                .filter(shard -> database.equals(shard.get("database")))
                .toList();
    }

    private static void awaitSpread(String database) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(shards(database))
                .extracting(shard -> shard.get("leader"))
                .containsExactlyInAnyOrder("A", "B", "C"));
    }

    @Test
    void shouldSpreadShardsAndTheirLeadersOverTheNodes() {
        awaitSpread("wide");
        awaitSpread("thin");
        assertThat(shards("thin"))
                .allSatisfy(shard -> assertThat((List<?>) shard.get("members")).hasSize(1));
        assertThat(shards("wide"))
                .allSatisfy(shard -> assertThat((List<?>) shard.get("members")).hasSize(3));
        assertThat(nodes.api(0).get("/topology?name=thin").list("Nodes")).hasSize(3);
        Answer other = nodes.api(0).put("/databases/wide?shards=2&replicas=3", "");
        assertThat(other.status()).as(other.toString()).isEqualTo(409);
        assertThat(nodes.api(0).put("/databases/wider?shards=17", "").status()).isEqualTo(400);
    }

    @Test
    void shouldReadEverythingOnEveryNodeWhereverItIs() {
        inParallel(DOCUMENTS, i -> {
            Answer put = nodes.api(i % 3).put("/databases/thin/docs?id=" + id(i), "{\"n\":" + i + "}");
            assertThat(put.status()).as(put.toString()).isEqualTo(201);
        });
        List<String> ids = IntStream.range(0, DOCUMENTS).mapToObj(ShardsIT::id).toList();
        String body = Json.of(Map.of("Ids", ids)).toString();
        for (int node = 0; node < 3; node++) {
            Api api = nodes.api(node);
            Answer read = api.post("/databases/thin/docs", body);
            assertThat(read.list("Results"))
                    .extracting(document -> document.get("n"))
                    .containsExactlyElementsOf(IntStream.range(0, DOCUMENTS)
                            .mapToObj(i -> (Object) (long) i)
                            .toList());
            assertThat(pages(api)).containsExactlyElementsOf(ids);
            Answer one = api.get("/databases/thin/docs?id=" + id(node) + "&id=none&id=" + id(7 + node));
            assertThat(Json.parse(one.body()).asObject().get("Results"))
                    .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.LIST)
                    .hasSize(3)
                    .element(1)
                    .isNull();
        }
        // each shard has its part
        assertThat(shards("thin"))
                .allSatisfy(shard -> assertThat((Long) shard.get("applied")).isGreaterThan(DOCUMENTS / 6));
    }

    private static String id(int i) {
        return String.format("many/%04d", i);
    }

    /** Page by page, as it is ordered. */
    private static List<String> pages(Api api) {
        List<String> found = new ArrayList<>();
        List<Map<String, Object>> page;
        do {
            String after = found.isEmpty() ? "" : found.get(found.size() - 1);
            page = api.get("/databases/thin/docs?startsWith=many/&pageSize=170&startAfter=" + after)
                    .list("Results");
            page.forEach(document -> found.add((String) ((Map<?, ?>) document.get("@metadata")).get("@id")));
        } while (!page.isEmpty());
        return found;
    }

    private static void inParallel(int count, java.util.function.IntConsumer work) {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            CompletableFuture.allOf(IntStream.range(0, count)
                            .mapToObj(i -> CompletableFuture.runAsync(() -> work.accept(i), threads))
                            .toArray(CompletableFuture[]::new))
                    .join();
        } finally {
            threads.shutdownNow();
        }
    }

    private static String command(String id, int n) {
        return "{\"Type\":\"PUT\",\"Id\":\"" + id + "\",\"Document\":{\"n\":" + n + "}}";
    }

    @Test
    void shouldCommitTogetherWhatADollarHoldsTogetherAndRefuseWhatIsApart() {
        for (int node = 0; node < 3; node++) {
            Api api = nodes.api(node);
            String customer = "customers/" + node;
            Answer together = api.post(
                    "/databases/thin/bulk_docs",
                    "{\"Commands\":[" + command(customer, 1) + "," + command("orders/1$" + customer, 2) + ","
                            + command("lines/1$orders/1$" + customer, 3)
                            + ",{\"Type\":\"CompareExchangePUT\",\"Id\":\"mails/m$" + customer
                            + "\",\"Index\":0,\"Document\":{\"Object\":1}}],\"Reads\":[{\"Id\":\"none$" + customer
                            + "\"}]}");
            assertThat(together.status()).as(together.toString()).isEqualTo(201);
            Api other = nodes.api((node + 1) % 3);
            assertThat(other.get("/databases/thin/docs?id=orders/1$" + customer).document())
                    .containsEntry("n", 2L);

            StringBuilder apart = new StringBuilder("{\"Commands\":[");
            for (int i = 0; i < 20; i++) {
                apart.append(i == 0 ? "" : ",").append(command("apart/" + node + "/" + i, i));
            }
            Answer refused =
                    api.post("/databases/thin/bulk_docs", apart.append("]}").toString());
            assertThat(refused.status()).as(refused.toString()).isEqualTo(400);
            assertThat(refused.text("code")).isEqualTo("CROSS_SHARD");
            assertThat(refused.text("outcome")).isEqualTo("not_applied");
            assertThat(refused.text("message")).contains("$customers/7");
            assertThat(other.get("/databases/thin/docs?startsWith=apart/").list("Results"))
                    .isEmpty();
        }
    }

    @Test
    void shouldSayWhatConflictsAlsoOfAShardElsewhere() {
        for (int i = 0; i < 6; i++) {
            String path = "/databases/thin/docs?id=conflict/" + i;
            Answer first = nodes.api(0).put(path, "{}", "If-None-Match", "*");
            assertThat(first.status()).as(first.toString()).isEqualTo(201);
            assertThat(nodes.api(1).put(path, "{}", "If-None-Match", "*").status())
                    .isEqualTo(409);
            assertThat(nodes.api(2)
                            .put(path, "{}", "If-Match", first.header("ETag"))
                            .status())
                    .isEqualTo(201);
            assertThat(nodes.api(1).delete(path).status()).isEqualTo(204);
            assertThat(nodes.api(0).get(path).status()).isEqualTo(404);
        }
    }

    @Test
    void shouldAnswerARepeatedKeyWithTheFirstResultOnAnyNode() {
        for (int i = 0; i < 6; i++) {
            String path = "/databases/thin/docs?id=" + (i % 2 == 0 ? "single/" + i : "once%7C");
            Answer first = nodes.api(i % 3).put(path, "{\"n\":1}", "Idempotency-Key", "once " + i);
            Answer again = nodes.api((i + 1) % 3).put(path, "{\"n\":1}", "Idempotency-Key", "once " + i);

            assertThat(first.status()).as(first.toString()).isEqualTo(201);
            assertThat(again.header("Idempotency-Repeated"))
                    .as(again.toString())
                    .isEqualTo("true");
            assertThat(again.body()).isEqualTo(first.body());
        }
    }

    @Test
    void shouldKeepEachCounterOnOneShard() {
        Set<Object> numbers = new HashSet<>();
        Set<String> ids = new HashSet<>();
        long high = 0;
        for (int i = 0; i < 12; i++) {
            Api api = nodes.api(i % 3);
            assertThat(numbers.add(api.post("/databases/thin/identity/next?name=invoices%7C", "")
                            .number("NewIdentityValue")))
                    .isTrue();
            Answer put = api.put("/databases/thin/docs?id=users%7C", "{}");
            assertThat(put.status()).as(put.toString()).isEqualTo(201);
            assertThat(ids.add(put.text("Id"))).isTrue();
            assertThat(nodes.api((i + 1) % 3)
                            .get("/databases/thin/docs?id=" + put.text("Id"))
                            .status())
                    .isEqualTo(200);
            Answer range = api.get("/databases/thin/hilo/next?tag=cars");
            assertThat(range.number("Low")).as(range.toString()).isGreaterThan(high);
            high = range.number("High");
            Answer exchange = api.put("/databases/thin/cmpxchg?key=locks/" + i + "&index=0", "{\"Object\":" + i + "}");
            assertThat(exchange.json()).containsEntry("Successful", true);
        }
        assertThat(numbers).hasSize(12);
        assertThat(ids).contains("users/1", "users/12");
        for (int node = 0; node < 3; node++) {
            Api api = nodes.api(node);
            assertThat(api.get("/databases/thin/cmpxchg?startsWith=locks/").list("Results"))
                    .hasSize(12);
            assertThat(api.get("/databases/thin/cmpxchg?key=locks/3&key=locks/4")
                            .list("Results"))
                    .extracting(value -> value.get("Value"))
                    .containsExactly(Map.of("Object", 3L), Map.of("Object", 4L));
            assertThat(api.get("/databases/thin/debug/identities").json())
                    .containsEntry("invoices|", 12L)
                    .containsEntry("users|", 12L);
        }
    }

    /** One token over all shards, from node to node, while one is killed and comes back. */
    @Test
    void shouldFollowEveryChangeOnceAndInOrderWhileANodeIsKilled() {
        int documents = 60;
        int versions = 4;
        ServerProcess victim = nodes.node("C");
        ExecutorService thread = Executors.newSingleThreadExecutor();
        CompletableFuture<Void> writing = CompletableFuture.runAsync(
                () -> {
                    for (int version = 0; version < versions; version++) {
                        if (version == 1) {
                            victim.kill();
                        }
                        if (version == 3) {
                            victim.start();
                        }
                        for (int i = 0; i < documents; i++) {
                            write("followed/" + i, version);
                        }
                    }
                },
                thread);
        Map<String, List<Long>> seen = new TreeMap<>();
        String token = "0";
        int node = 0;
        long changes = 0;
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (changes < (long) documents * versions && System.nanoTime() < deadline) {
            node = (node + 1) % 3;
            Answer page = page(nodes.all().get(node), token);
            if (page == null || !page.isOk()) {
                continue;
            }
            for (Map<String, Object> line : lines(page)) {
                if (line.containsKey("id")) {
                    long n = (Long) ((Map<?, ?>) line.get("document")).get("n");
                    seen.computeIfAbsent((String) line.get("id"), absent -> new ArrayList<>())
                            .add(n);
                    changes++;
                } else {
                    token = (String) line.get("checkpoint");
                }
            }
        }
        writing.join();
        thread.shutdownNow();

        assertThat(seen).hasSize(documents);
        assertThat(seen.values()).allSatisfy(list -> assertThat(list).containsExactly(0L, 1L, 2L, 3L));
        assertThat(token.split(",")).hasSize(3);
        victim.awaitReady(PATIENCE);
        awaitSpread("wide");
        await().atMost(PATIENCE).untilAsserted(ShardsIT::assertSameState);
    }

    /** There and back, under writes and reads through every node: nobody sees more than an election. */
    @Test
    void shouldMoveAShardToAnotherNodeWhileItIsWrittenAndRead() {
        String home = (String) shards("moved").get(0).get("leader");
        String other = nodes.others(nodes.node(home)).get(0).tag();
        AtomicBoolean done = new AtomicBoolean();
        List<String> refused = new CopyOnWriteArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(3);
        List<CompletableFuture<Integer>> clients = IntStream.range(0, 3)
                .mapToObj(node -> CompletableFuture.supplyAsync(() -> load(node, done, refused), threads))
                .toList();

        move(0, home, other);
        assertThat(shards("moved").get(0)).containsEntry("leader", other);
        assertThat((List<?>) shards("moved").get(0).get("members")).isEqualTo(List.of(other));
        move(0, other, home);
        done.set(true);
        int written = clients.stream().mapToInt(CompletableFuture::join).sum();
        threads.shutdownNow();

        assertThat(refused).isEmpty();
        assertThat(written).isGreaterThan(20);
        assertThat(nodes.api(1)
                        .get("/databases/moved/docs?startsWith=load/&pageSize=4096")
                        .list("Results"))
                .hasSize(Math.min(4_096, written));
        assertThat(post("/databases/moved/shards/0/move?from=" + home + "&to=" + home)
                        .status())
                .isEqualTo(400);
        assertThat(post("/databases/moved/shards/0/move?from=" + home + "&to=X").status())
                .isEqualTo(400);
        assertThat(post("/databases/moved/shards/9/move?from=" + home + "&to=" + other)
                        .status())
                .isEqualTo(404);
    }

    private static Answer post(String path) {
        return new Api(nodes.all().get(2).url(), PATIENCE).post(path, "");
    }

    private static void move(int shard, String from, String to) {
        String path = "/databases/moved/shards/" + shard + "/move?from=" + from + "&to=" + to;
        Answer moved = post(path);
        assertThat(moved.status()).as(moved.toString()).isEqualTo(200);
        assertThat(moved.list("shards").get(shard).get("nodes")).isEqualTo(List.of(to));
        // a second time it is there already
        assertThat(post(path).status()).isEqualTo(200);
    }

    /** Puts documents and reads each back at once; counts them. */
    private static int load(int node, AtomicBoolean done, List<String> refused) {
        Api api = nodes.api(node);
        int written = 0;
        while (!done.get()) {
            String path = "/databases/moved/docs?id=load/" + node + "/" + written;
            Answer put = api.put(path, "{}", "Idempotency-Key", path);
            if (!put.isOk()) {
                refused.add(put.toString());
                continue;
            }
            Answer read = nodes.api((node + 1) % 3).get(path);
            if (!read.isOk()) {
                refused.add(read.toString());
            }
            written++;
        }
        return written;
    }

    private static void write(String id, int version) {
        String body = "{\"n\":" + version + ",\"@metadata\":{\"@collection\":\"Followed\"}}";
        int[] node = {0};
        await().atMost(PATIENCE).until(() -> {
            ServerProcess asked = nodes.all().get(node[0]++ % 3);
            try {
                return new Api(asked.url(), Duration.ofSeconds(10))
                        .put("/databases/wide/docs?id=" + id, body, "Idempotency-Key", id + version)
                        .isOk();
            } catch (UncheckedIOException e) {
                return false;
            }
        });
    }

    /** Null when the node does not answer. */
    private static Answer page(ServerProcess node, String token) {
        try {
            return new Api(node.url(), Duration.ofSeconds(10))
                    .get("/databases/wide/feed?wait=1s&limit=25&collection=Followed&since=" + token);
        } catch (UncheckedIOException e) {
            return null;
        }
    }

    private static List<Map<String, Object>> lines(Answer page) {
        return page.body()
                .lines()
                .map(line -> Json.parse(line.getBytes(StandardCharsets.UTF_8)).asObject())
                .toList();
    }

    private static void assertSameState() {
        for (int shard = 0; shard < 3; shard++) {
            String path = "/databases/wide/state-hash?shard=" + shard;
            long index = nodes.all().stream()
                    .mapToLong(node -> (Long)
                            new Api(node.url()).get(path).list("shards").get(0).get("index"))
                    .max()
                    .orElseThrow();
            List<Object> hashes = nodes.all().stream()
                    .map(node -> new Api(node.url())
                            .get(path + "&index=" + index)
                            .list("shards")
                            .get(0)
                            .get("hash"))
                    .toList();
            assertThat(hashes).hasSize(3).allMatch(hashes.get(0)::equals);
        }
        assertThat(nodes.api(0).get("/databases/wide/state-hash").list("shards"))
                .hasSize(3);
    }
}
