package io.rookery.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.rookery.server.blackbox.Answer;
import io.rookery.server.blackbox.Api;
import io.rookery.server.blackbox.Nodes;
import io.rookery.server.process.ServerProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the HTTP API promises of documents, transactions, connections, secrets and a node's life; one process. */
final class ApiIT {
    private static final String DOCS = "/databases/api/docs";
    private static final String BULK = "/databases/api/bulk_docs";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private static Path folder;

    private static Nodes nodes;
    private static Api api;

    @BeforeAll
    static void start() {
        nodes = Nodes.start(folder, 1).withDatabase("api", 1);
        api = nodes.api(0);
    }

    @AfterAll
    static void end() {
        nodes.close();
    }

    @Test
    void shouldReadWhatWasPutUntilItIsDeleted() {
        Answer put = api.put(DOCS + "?id=people/1", "{\"name\":\"Ann\",\"@metadata\":{\"@collection\":\"People\"}}");
        assertThat(put.status()).as(put.toString()).isEqualTo(201);

        Answer read = api.get(DOCS + "?id=people/1");
        assertThat(read.status()).isEqualTo(200);
        assertThat(read.header("ETag")).isEqualTo(put.header("ETag")).isEqualTo('"' + put.text("ChangeVector") + '"');
        assertThat(read.document()).containsEntry("name", "Ann");
        assertThat((Map<?, ?>) read.document().get("@metadata"))
                .extracting("@id", "@collection", "@change-vector")
                .containsExactly("people/1", "People", put.text("ChangeVector"));
        assertThat(api.get(DOCS + "?id=people/1", "If-None-Match", put.header("ETag"))
                        .status())
                .isEqualTo(304);
        assertThat(Long.parseLong(
                        api.get(DOCS + "?id=people/1&consistency=local").header("Applied-Index")))
                .isGreaterThanOrEqualTo(Long.parseLong(put.header("Raft-Index")));

        assertThat(api.delete(DOCS + "?id=people/1").status()).isEqualTo(204);
        assertThat(api.get(DOCS + "?id=people/1").status()).isEqualTo(404);
    }

    @Test
    void shouldRefuseWriteWhenChangeVectorIsAnother() {
        String first = api.put(DOCS + "?id=match", "{\"n\":1}").header("ETag");
        String second =
                api.put(DOCS + "?id=match", "{\"n\":2}", "If-Match", first).header("ETag");

        for (Answer refused : List.of(
                api.put(DOCS + "?id=match", "{\"n\":3}", "If-Match", first),
                api.put(DOCS + "?id=match", "{\"n\":3}", "If-None-Match", "*"),
                api.delete(DOCS + "?id=match", "If-Match", first),
                api.put(DOCS + "?id=matchless", "{\"n\":3}", "If-Match", first))) {
            assertThat(refused.status()).isEqualTo(409);
            assertThat(refused.text("code")).isEqualTo("CONFLICT");
            assertThat(refused.text("outcome")).isEqualTo("not_applied");
        }
        assertThat(api.get(DOCS + "?id=match").document()).containsEntry("n", 2L);
        assertThat(api.get(DOCS + "?id=matchless").status()).isEqualTo(404);
        assertThat(api.delete(DOCS + "?id=match", "If-Match", second).status()).isEqualTo(204);
    }

    @Test
    void shouldApplyAllOrNothingWhenTransactionReadsAndWrites() {
        String vector = api.put(DOCS + "?id=account/1", "{\"balance\":10}").text("ChangeVector");
        String transfer =
                """
                {"Commands":[
                  {"Type":"PUT","Id":"account/1","Document":{"balance":4}},
                  {"Type":"PUT","Id":"account/2","ChangeVector":"","Document":{"balance":6}}],
                 "Reads":[{"Id":"account/1","ChangeVector":"%s"},{"Id":"account/closed","ChangeVector":""}]}"""
                        .formatted(vector);

        assertThat(api.post(BULK, transfer).status()).isEqualTo(201);
        Answer again = api.post(BULK, transfer);

        assertThat(again.status()).isEqualTo(409);
        assertThat(again.text("outcome")).isEqualTo("not_applied");
        api.put(DOCS + "?id=account/closed", "{}");
        String late = transfer.replace(
                        vector, api.get(DOCS + "?id=account/1").header("ETag").replace("\"", ""))
                .replace("account/2", "account/3");
        assertThat(api.post(BULK, late).status())
                .as("what it read as absent is there")
                .isEqualTo(409);
        assertThat(api.get(DOCS + "?id=account/1").document()).containsEntry("balance", 4L);
        assertThat(api.get(DOCS + "?id=account/3").status()).isEqualTo(404);
    }

    @Test
    void shouldTakeEffectOnceWhenIdempotencyKeyIsRepeated() {
        Answer first = api.put(DOCS + "?id=once", "{\"n\":1}", "Idempotency-Key", "key 1");
        api.put(DOCS + "?id=once", "{\"n\":2}");
        Answer repeated = api.put(DOCS + "?id=once", "{\"n\":1}", "Idempotency-Key", "key 1");

        assertThat(repeated.status()).isEqualTo(first.status());
        assertThat(repeated.header("ETag")).isEqualTo(first.header("ETag"));
        assertThat(repeated.header("Idempotency-Repeated")).isEqualTo("true");
        assertThat(api.get(DOCS + "?id=once").document()).containsEntry("n", 2L);
    }

    @Test
    void shouldGiveEachNumberOnceWhenManyAskForRanges() {
        List<CompletableFuture<Answer>> asked = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            asked.add(CompletableFuture.supplyAsync(
                    () -> api.get("/databases/api/hilo/next?tag=orders&lastBatchSize=0")));
        }
        Set<Long> numbers = new HashSet<>();
        for (CompletableFuture<Answer> answer : asked) {
            assertThat(answer.join().status()).as(answer.join().toString()).isEqualTo(200);
            for (long number = answer.join().number("Low");
                    number <= answer.join().number("High");
                    number++) {
                assertThat(numbers.add(number)).as("number " + number).isTrue();
            }
        }
        assertThat(numbers).hasSizeGreaterThanOrEqualTo(8 * 32).contains(1L);
    }

    @Test
    void shouldListDocumentsByPrefixAndPage() {
        for (int i = 0; i < 5; i++) {
            api.put(DOCS + "?id=list/" + i, "{\"n\":" + i + "}");
        }
        assertThat(api.get(DOCS + "?startsWith=list/&start=1&pageSize=3").list("Results"))
                .extracting(document -> document.get("n"))
                .containsExactly(1L, 2L, 3L);
        assertThat(api.get(DOCS + "?startsWith=list/&startAfter=list/2").list("Results"))
                .extracting(document -> document.get("n"))
                .containsExactly(3L, 4L);
        assertThat(api.post(DOCS, "{\"Ids\":[\"list/4\",\"list/none\",\"list/0\"]}")
                        .list("Results"))
                .extracting(document -> document == null ? null : document.get("n"))
                .containsExactly(4L, null, 0L);
    }

    @Test
    void shouldNeverShowSecretsWhenConnectionsUseThem() {
        String secret = "hunter2 canary";
        assertThat(api.put("/secrets/legacy%2Fpassword", secret).status()).isEqualTo(204);
        assertThat(api.put(
                                "/connections/legacy",
                                "{\"postgres\":{\"host\":\"127.0.0.1\",\"port\":1,\"database\":\"none\",\"user\":\"u\","
                                        + "\"password\":\"${secret:legacy/password}\"}}")
                        .isOk())
                .isTrue();
        assertThat(api.put(
                                "/connections/plain",
                                "postgres: { host: 127.0.0.1, port: 1, database: d, user: u, password: '" + secret
                                        + "' }")
                        .isOk())
                .isTrue();

        Answer check = api.post("/connections/legacy/check", "");
        assertThat(check.status()).as(check.toString()).isEqualTo(200);
        assertThat(check.json()).containsEntry("ok", false);
        assertThat(api.get("/connections/legacy").body()).contains("${secret:legacy/password}");
        assertThat(api.get("/secrets").body()).contains("legacy/password");
        for (String path :
                List.of("/connections", "/connections/legacy", "/connections/plain", "/secrets", "/metrics")) {
            assertThat(api.get(path).body()).as(path).doesNotContain(secret);
        }
        assertThat(check.body()).doesNotContain(secret);
        assertThat(api.post("/connections/plain/check", "").body()).doesNotContain(secret);
        assertThat(nodes.all().get(0).settings().log()).content().doesNotContain(secret);

        assertThat(api.delete("/connections/plain").status()).isEqualTo(204);
        assertThat(api.get("/connections/plain").status()).isEqualTo(404);
        assertThat(api.delete("/connections/legacy").status()).isEqualTo(204);
        assertThat(api.delete("/secrets/legacy%2Fpassword").status()).isEqualTo(204);
        assertThat(api.get("/secrets").body()).doesNotContain("legacy/password");
    }

    @Test
    void shouldCreateListAndDeleteDatabases() {
        assertThat(api.put("/databases/second?replicas=1", "").status()).isEqualTo(201);
        assertThat(api.put("/databases/second?replicas=1", "").status()).isEqualTo(200);
        assertThat(api.get("/databases").list("databases"))
                .extracting(database -> database.get("name"))
                .contains("second", "api");
        await().atMost(PATIENCE)
                .until(() -> api.put("/databases/second/docs?id=x", "{}").isOk());

        assertThat(api.delete("/databases/second").status()).isEqualTo(204);
        assertThat(api.get("/databases/second/docs?id=x").text("code")).isEqualTo("DATABASE_MISSING");
        assertThat(api.delete("/databases/second").status()).isEqualTo(404);
    }

    @Test
    void shouldDescribeItselfToOperators() {
        assertThat(api.get("/health/live").status()).isEqualTo(200);
        assertThat(api.get("/health/ready").json()).containsEntry("ready", true);
        assertThat(api.get("/cluster").list("nodes")).hasSize(1);
        assertThat(api.get("/cluster").list("shards"))
                .extracting(shard -> shard.get("database"))
                .contains("api");
        Answer metrics = api.get("/metrics");
        assertThat(metrics.status()).isEqualTo(200);
        assertThat(metrics.body()).contains("# TYPE");
    }

    @Test
    void shouldKeepEverythingWhenEndedAndKilled() {
        try (Nodes own = Nodes.start(folder.resolve("own"), 1).withDatabase("kept", 1)) {
            Api asked = own.api(0);
            ServerProcess node = own.all().get(0);
            asked.put("/secrets/kept", "value");
            asked.put("/connections/kept", "postgres: { host: h, database: d, user: u, password: \"${secret:kept}\" }");
            asked.put("/databases/kept/docs?id=early", "{\"n\":1}", "Idempotency-Key", "early");

            assertThat(node.stop(Duration.ofSeconds(15))).isZero();
            node.start();
            node.awaitReady(PATIENCE);
            asked.put("/databases/kept/docs?id=late", "{\"n\":2}");
            node.kill();
            node.start();
            node.awaitReady(PATIENCE);

            assertThat(asked.get("/databases/kept/docs?id=early").document()).containsEntry("n", 1L);
            assertThat(asked.get("/databases/kept/docs?id=late").document()).containsEntry("n", 2L);
            assertThat(asked.put("/databases/kept/docs?id=early", "{\"n\":1}", "Idempotency-Key", "early")
                            .header("Idempotency-Repeated"))
                    .isEqualTo("true");
            assertThat(asked.get("/connections/kept").status()).isEqualTo(200);
            assertThat(asked.get("/secrets").body()).contains("kept");
        }
    }

    @Test
    void shouldEndWith78WhenTheConfigurationIsRefused() throws Exception {
        Path file = Files.writeString(folder.resolve("bad.yaml"), "node: A\nhtpp: 127.0.0.1:1\n");

        assertThat(refused("--http", "0.0.0.0:8080")).contains("BAD_CONFIGURATION", "insecure");
        assertThat(refused("--node", "lower")).contains("BAD_CONFIGURATION", "lower");
        assertThat(refused("--raft", "nowhere")).contains("BAD_CONFIGURATION", "HOST:PORT");
        assertThat(refused("--config", file.toString())).contains("BAD_CONFIGURATION", "htpp", "http", "2");
        assertThat(refused("--data", nodes.all().get(0).settings().data().toString()))
                .contains("BAD_CONFIGURATION", "another process");
    }

    private static String refused(String... options) throws Exception {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx128m"));
        command.addAll(Nodes.QUICK_START);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "io.rookery.server.Main", "server"));
        if (!List.of(options).contains("--data")) {
            command.addAll(List.of("--data", folder.resolve("refused").toString()));
        }
        command.addAll(List.of(options));
        Path output = Files.createTempFile(folder, "refused", ".log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS))
                    .as("it ended by itself")
                    .isTrue();
            assertThat(process.exitValue()).as(Files.readString(output)).isEqualTo(78);
            return Files.readString(output);
        } finally {
            process.destroyForcibly();
        }
    }
}
