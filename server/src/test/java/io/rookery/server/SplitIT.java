package io.rookery.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.rookery.api.Json;
import io.rookery.server.blackbox.Answer;
import io.rookery.server.blackbox.Api;
import io.rookery.server.blackbox.Nodes;
import io.rookery.server.process.ServerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** Shards of databases on three processes are split: under load without an error, and through kills in the middle. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class SplitIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    private static Path folder;

    private static Nodes nodes;

    @BeforeAll
    static void start() {
        nodes = Nodes.start(folder, 3).withDatabase("calm", 3).withDatabase("hard", 3);
    }

    @AfterAll
    static void end() {
        nodes.close();
    }

    /** Counts up documents of its own, each write with the version that it expects and a key of its own. */
    private static final class Client {
        private static final int DOCUMENTS = 25;

        private final String database;
        private final int number;
        private final boolean patient;
        private final Map<String, String> versions = new HashMap<>();
        final Map<String, Integer> values = new TreeMap<>();
        private final AtomicLong longest;
        private int writes;

        /** @param patient whether nodes may be down, so that it asks again */
        Client(String database, int number, boolean patient, AtomicLong longest) {
            this.database = database;
            this.number = number;
            this.patient = patient;
            this.longest = longest;
        }

        Map<String, Integer> until(AtomicBoolean done) {
            while (!done.get() || writes < 2 * DOCUMENTS) {
                String id = "load/" + number + "-" + writes % DOCUMENTS;
                int value = values.getOrDefault(id, 0) + 1;
                String[] headers = versions.containsKey(id)
                        ? new String[] {"Idempotency-Key", number + "-" + writes, "If-Match", versions.get(id)}
                        : new String[] {"Idempotency-Key", number + "-" + writes, "If-None-Match", "*"};
                Answer put = asked(
                        api -> api.put("/databases/" + database + "/docs?id=" + id, "{\"n\":" + value + "}", headers));
                assertThat(put.status()).as(put.toString()).isEqualTo(201);
                versions.put(id, put.header("ETag"));
                values.put(id, value);
                String once = "load/once-" + number + "-" + writes;
                Answer inserted = asked(api ->
                        api.put("/databases/" + database + "/docs?id=" + once, "{\"n\":1}", "Idempotency-Key", once));
                assertThat(inserted.status()).as(inserted.toString()).isEqualTo(201);
                values.put(once, 1);
                writes++;
                Answer read = asked(api -> api.get("/databases/" + database + "/docs?id=" + id));
                assertThat(read.status()).as(read.toString()).isEqualTo(200);
                assertThat(read.document().get("n")).isEqualTo((long) value);
                assertThat(read.header("ETag")).isEqualTo(versions.get(id));
            }
            return values;
        }

        private interface Question {
            Answer ask(Api api);
        }

        private Answer asked(Question question) {
            long started = System.nanoTime();
            for (int attempt = 0; ; attempt++) {
                try {
                    Answer answer = question.ask(
                            new Api(nodes.all().get((number + attempt) % 3).url(), Duration.ofSeconds(20)));
                    boolean again = patient && (answer.status() == 503 || answer.status() == 429);
                    if (!again) {
                        longest.accumulateAndGet(System.nanoTime() - started, Math::max);
                        return answer;
                    }
                } catch (UncheckedIOException e) {
                    if (!patient) {
                        throw e;
                    }
                }
                assertThat(System.nanoTime() - started).isLessThan(PATIENCE.toNanos());
            }
        }
    }

    /** Writes and reads meanwhile; gives each document's last value. */
    private static Map<String, Integer> underLoad(String database, boolean patient, AtomicLong longest, Runnable work) {
        AtomicBoolean done = new AtomicBoolean();
        Map<String, Integer> written = new ConcurrentHashMap<>();
        var threads = Executors.newFixedThreadPool(6);
        try {
            List<CompletableFuture<Void>> clients = IntStream.range(0, 6)
                    .mapToObj(i -> CompletableFuture.runAsync(
                            () -> written.putAll(new Client(database, i, patient, longest).until(done)), threads))
                    .toList();
            try {
                work.run();
            } finally {
                done.set(true);
            }
            clients.forEach(CompletableFuture::join);
        } finally {
            threads.shutdown();
        }
        return written;
    }

    /** Reads the feed from a token on, each page from another node; every change by document. */
    private static final class Reader {
        private final String database;
        private final Map<String, List<Long>> seen = new TreeMap<>();
        private String token;
        private int page;

        Reader(String database, String token) {
            this.database = database;
            this.token = token;
        }

        /** True when there was something. */
        boolean read(String wait) {
            Answer answer = new Api(nodes.all().get(page++ % 3).url())
                    .get("/databases/" + database + "/feed?limit=100&wait=" + wait + "&since=" + token);
            assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
            boolean some = false;
            for (String line : answer.body().lines().toList()) {
                Map<String, Object> json = Json.parse(line).asObject();
                if (json.containsKey("checkpoint")) {
                    token = (String) json.get("checkpoint");
                } else if (((String) json.get("id")).startsWith("load/")) {
                    some = true;
                    Map<?, ?> document = (Map<?, ?>) json.get("document");
                    seen.computeIfAbsent((String) json.get("id"), absent -> new ArrayList<>())
                            .add((Long) document.get("n"));
                }
            }
            return some;
        }

        Map<String, List<Long>> rest() {
            int quiet = 0;
            while (quiet < 4) {
                quiet = read("0s") ? 0 : quiet + 1;
            }
            return seen;
        }
    }

    /** A document that was written once is there once; of others older versions may be compacted away, what is there is in order. */
    private static void assertInOrderUpToTheLast(Map<String, List<Long>> seen, Map<String, Integer> written) {
        assertThat(seen.keySet()).isEqualTo(written.keySet());
        written.forEach((id, last) -> assertThat(seen.get(id))
                .as(id)
                .isSorted()
                .doesNotHaveDuplicates()
                .endsWith((long) last));
    }

    private static Answer split(String database, int shard) {
        return nodes.api(1).post("/databases/" + database + "/shards/" + shard + "/split", "");
    }

    private static int shards(String database) {
        Answer answer = nodes.api(0).get("/databases");
        return answer.list("databases").stream()
                .filter(one -> database.equals(one.get("name")))
                .mapToInt(one -> ((List<?>) one.get("shards")).size())
                .findFirst()
                .orElse(0);
    }

    @Test
    @Order(1)
    void shouldSplitUnderLoadWithoutAnErrorAndWithoutAGapInTheFeed() throws Exception {
        // given
        Api api = nodes.api(0);
        String calm = "/databases/calm";
        assertThat(api.post(calm + "/admin/revisions/config", "{\"Default\":{\"Disabled\":false}}")
                        .isOk())
                .isTrue();
        for (int i = 0; i < 40; i++) {
            assertThat(api.put(calm + "/docs?id=users%7C", "{\"i\":" + i + "}").isOk())
                    .isTrue();
            assertThat(api.put(calm + "/cmpxchg?key=mails/" + i + "&index=0", "{\"Object\":" + i + "}")
                            .isOk())
                    .isTrue();
            assertThat(api.put(calm + "/docs?id=gone/" + i, "{}").isOk()).isTrue();
            assertThat(api.delete(calm + "/docs?id=gone/" + i).isOk()).isTrue();
        }
        AtomicLong longest = new AtomicLong();
        Reader follower = new Reader("calm", "");
        Reader[] late = new Reader[1];
        AtomicBoolean done = new AtomicBoolean();
        CompletableFuture<Void> following = CompletableFuture.runAsync(() -> {
            while (!done.get()) {
                follower.read("1s");
            }
        });

        // when
        Map<String, Integer> written = underLoad("calm", false, longest, () -> {
            await().atMost(PATIENCE)
                    .until(() -> nodes.api(0).get(calm + "/docs?id=load/5-24").isOk());
            Reader part = new Reader("calm", "");
            for (int i = 0; i < 4; i++) {
                part.read("0s");
            }
            late[0] = part;
            Answer first = split("calm", 0);
            assertThat(first.status()).as(first.toString()).isEqualTo(200);
            Answer second = split("calm", 1);
            assertThat(second.status()).as(second.toString()).isEqualTo(200);
            assertThat(second.list("shards")).hasSize(3);
        });
        done.set(true);
        following.join();

        // then
        assertThat(Duration.ofNanos(longest.get())).isLessThan(Duration.ofSeconds(5));
        assertInOrderUpToTheLast(follower.rest(), written);
        assertInOrderUpToTheLast(late[0].rest(), written);
        awaitClean("calm", 3, written.size() + 40);
        assertInOrderUpToTheLast(new Reader("calm", "").rest(), written);
        for (int node = 0; node < 3; node++) {
            assertThat(ids(nodes.api(node), "calm"))
                    .containsExactlyElementsOf(new java.util.TreeSet<>(written.keySet()));
            Answer values = nodes.api(node).get(calm + "/cmpxchg?startsWith=mails/&pageSize=100");
            assertThat(values.list("Results")).hasSize(40);
            assertThat(nodes.api(node)
                            .get(calm + "/docs?startsWith=users/&pageSize=100")
                            .list("Results"))
                    .hasSize(40);
            assertThat(nodes.api(node)
                            .get(calm + "/docs?startsWith=gone/&pageSize=100")
                            .list("Results"))
                    .isEmpty();
        }
        assertThat(api.put(calm + "/docs?id=users%7C", "{}").text("Id")).isEqualTo("users/41");
        written.forEach((id, last) -> assertThat(
                        api.get(calm + "/revisions/count?id=" + id).number("RevisionsCount"))
                .isEqualTo((long) last));
        assertSameHashes("calm");
    }

    @Test
    @Order(2)
    void shouldFinishASplitWhateverIsKilledMeanwhile() {
        AtomicLong longest = new AtomicLong();
        Supplier<ServerProcess> leadsShard = () -> nodes.awaitLeader("hard");
        Supplier<ServerProcess> leadsCluster = () -> nodes.awaitLeader("@system");
        Map<String, Integer> written = underLoad("hard", true, longest, () -> {
            splitAndKill(leadsCluster, 1, () -> isDecided("hard", 1));
            splitAndKill(leadsShard, 2, () -> hasSeed("-C-"));
            splitAndKill(leadsCluster, 3, () -> hasSeed("-D-"));
        });

        awaitClean("hard", 4, written.size());
        for (int node = 0; node < 3; node++) {
            assertThat(ids(nodes.api(node), "hard"))
                    .containsExactlyElementsOf(new java.util.TreeSet<>(written.keySet()));
        }
        assertInOrderUpToTheLast(new Reader("hard", "").rest(), written);
        assertSameHashes("hard");
    }

    private static void splitAndKill(Supplier<ServerProcess> victims, int number, BooleanSupplier moment) {
        ServerProcess victim = victims.get();
        ServerProcess asked = nodes.others(victim).get(0);
        CompletableFuture<Void> asking = CompletableFuture.runAsync(() -> {
            try {
                new Api(asked.url()).post("/databases/hard/shards/0/split", "");
            } catch (UncheckedIOException e) {
                // it goes on all the same
            }
        });
        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5))
                .atMost(PATIENCE)
                .until(moment::getAsBoolean);
        victim.kill();
        victim.start();
        victim.awaitReady(PATIENCE);
        await().atMost(PATIENCE).until(() -> shards("hard") == number + 1);
        asking.join();
    }

    private static boolean isDecided(String database, int count) {
        return nodes.all().stream().anyMatch(node -> {
            try {
                return new Api(node.url(), Duration.ofSeconds(5))
                                .get("/cluster/supervisor").list("decisions").stream()
                                        .filter(decision -> "shard is to be split".equals(decision.get("what"))
                                                && (database + "/0").equals(decision.get("of")))
                                        .count()
                        >= count;
            } catch (UncheckedIOException e) {
                return false;
            }
        });
    }

    /** Whether a node has applied the entry that splits: what the new shard begins with is on its disk. */
    private static boolean hasSeed(String part) {
        try (Stream<Path> files = Files.walk(folder, 4)) {
            return files.anyMatch(file -> file.getFileName().toString().startsWith("seed" + part));
        } catch (IOException | UncheckedIOException e) {
            return false; // something is being deleted
        }
    }

    private static List<String> ids(Api api, String database) {
        List<String> found = new ArrayList<>();
        List<Map<String, Object>> page;
        do {
            String after = found.isEmpty() ? "" : found.get(found.size() - 1);
            page = api.get("/databases/" + database + "/docs?startsWith=load/&pageSize=150&startAfter=" + after)
                    .list("Results");
            page.forEach(document -> found.add((String) ((Map<?, ?>) document.get("@metadata")).get("@id")));
        } while (!page.isEmpty());
        return found;
    }

    /** Each shard counts only what it has: what moved is removed. */
    private static void awaitClean(String database, int shards, long documents) {
        await().atMost(PATIENCE).until(() -> {
            long all = 0;
            for (int shard = 0; shard < shards; shard++) {
                Answer stats = nodes.api(0).get("/databases/" + database + "/stats?shard=" + shard);
                if (!stats.isOk()) {
                    return false; // a replica is still made
                }
                all += stats.number("CountOfDocuments");
            }
            return all == documents;
        });
    }

    private static void assertSameHashes(String database) {
        await().atMost(PATIENCE).untilAsserted(() -> {
            List<Object> hashes = new ArrayList<>();
            for (int node = 0; node < 3; node++) {
                hashes.add(nodes.api(node)
                        .get("/databases/" + database + "/state-hash")
                        .list("shards"));
            }
            assertThat(hashes).allMatch(hashes.get(0)::equals);
        });
    }
}
