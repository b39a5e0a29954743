package io.rookery.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.rookery.server.blackbox.Answer;
import io.rookery.server.blackbox.Api;
import io.rookery.server.blackbox.Nodes;
import io.rookery.server.blackbox.RawHttp;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every route with what it does not expect: 4xx with a code and words, never 5xx, never a hang, and the node goes on. */
final class BadInputIT {
    private static final String DOCS = "/databases/bad/docs";
    private static final String BULK = "/databases/bad/bulk_docs";
    private static final String VALUES = "/databases/bad/cmpxchg";
    private static final String FEED = "/databases/bad/feed";

    @TempDir
    private static Path folder;

    private static Nodes nodes;
    private static Api api;

    @BeforeAll
    static void start() {
        nodes = Nodes.start(folder, 1).withDatabase("bad", 1);
        api = nodes.api(0);
        api.put(DOCS + "?id=there", "{}");
        api.put("/connections/pg", "postgres: { host: 127.0.0.1, port: 1, database: d, user: u, password: p }");
    }

    @AfterAll
    static void end() {
        nodes.close();
    }

    /** @param code that the answer's body says */
    record Bad(String method, String path, String body, int status, String code, String... headers) {
        @Override
        public String toString() {
            String shown = body == null ? "" : body.replace("\n", "\\n");
            return method + " " + shortened(path) + " " + shortened(shown) + " " + String.join(" ", headers);
        }

        private static String shortened(String text) {
            return text.length() > 100 ? text.substring(0, 100) + "…" : text;
        }
    }

    private static Bad get(String path, int status, String code) {
        return new Bad("GET", path, null, status, code);
    }

    private static Bad put(String path, String body, int status, String code) {
        return new Bad("PUT", path, body, status, code);
    }

    private static Bad post(String path, String body, int status, String code) {
        return new Bad("POST", path, body, status, code);
    }

    private static Bad delete(String path, int status, String code) {
        return new Bad("DELETE", path, null, status, code);
    }

    static Stream<Bad> documents() {
        return Stream.of(
                get("/databases/none/docs?id=x", 404, "DATABASE_MISSING"),
                put("/databases/none/docs?id=x", "{}", 404, "DATABASE_MISSING"),
                put("/databases/@system/docs?id=x", "{}", 404, "DATABASE_MISSING"),
                put(DOCS + "?id=x", "{", 400, "BAD_JSON"),
                put(DOCS + "?id=x", "", 400, "BAD_JSON"),
                put(DOCS + "?id=x", "[1]", 400, "BAD_JSON"),
                put(DOCS + "?id=x", "{} {}", 400, "BAD_JSON"),
                put(DOCS + "?id=x", "{\"a\":1,\"a\":2}", 400, "BAD_JSON"),
                put(DOCS + "?id=x", "{\"a\":NaN}", 400, "BAD_JSON"),
                put(DOCS + "?id=x", "{\"a\":\"\u0000\"}", 400, "BAD_JSON"),
                put(DOCS + "?id=x", "{\"a\":" + "[".repeat(100) + "]".repeat(100) + "}", 413, "TOO_LARGE"),
                put(DOCS + "?id=x", "{\"a\":" + "9".repeat(2_000) + "}", 413, "TOO_LARGE"),
                put(DOCS + "?id=x", "{\"@metadata\":1}", 400, "BAD_REQUEST"),
                put(DOCS + "?id=x", "{\"@metadata\":{\"@collection\":7}}", 400, "BAD_REQUEST"),
                put(DOCS + "?id=x", "{\"a\":\"" + "x".repeat(20 << 20) + "\"}", 413, "TOO_LARGE"),
                put(DOCS + "?id=x", "{\"a\":\"" + "x".repeat(17 << 20) + "\"}", 413, "TOO_LARGE"),
                put(DOCS + "?id=x", "{\"a\":\"" + "x".repeat((8 << 20) + 1) + "\"}", 413, "TOO_LARGE"),
                put(DOCS + "?id=x", "{\"a\":[" + "\"xxxxxxx\",".repeat(1_700_000) + "1]}", 413, "TOO_LARGE"),
                put(DOCS + "?id=x", "{\"a\":1e1001}", 413, "TOO_LARGE"),
                put(DOCS + "?id=x", "{\"@metadata\":{\"@expires\":\"tomorrow\"}}", 400, "BAD_REQUEST"),
                put(DOCS + "?id=x", "{\"@metadata\":{\"@refresh\":5}}", 400, "BAD_REQUEST"),
                put(DOCS, "{}", 400, "BAD_REQUEST"),
                put(DOCS + "?id=", "{}", 400, "BAD_REQUEST"),
                put(DOCS + "?id=%20", "{}", 400, "BAD_ID"),
                put(DOCS + "?id=" + "x".repeat(600), "{}", 400, "BAD_ID"),
                put(DOCS + "?id=" + "%C3%A4".repeat(300), "{}", 400, "BAD_ID"),
                get(DOCS + "?id=" + "x".repeat(600), 400, "BAD_ID"),
                put(DOCS + "?id=a%00b", "{}", 400, "BAD_ID"),
                put(DOCS + "?id=a%0Ab", "{}", 400, "BAD_ID"),
                new Bad("PUT", DOCS + "?id=x", "{}", 400, "BAD_REQUEST", "If-Match", "rubbish"),
                new Bad("PUT", DOCS + "?id=x", "{}", 400, "BAD_REQUEST", "If-Match", "A:x"),
                new Bad("PUT", DOCS + "?id=x", "{}", 409, "CONFLICT", "If-Match", "\"Z:99999\""),
                new Bad("PUT", DOCS + "?id=there", "{}", 409, "CONFLICT", "If-None-Match", "*"),
                new Bad("PUT", DOCS + "?id=x", "{}", 400, "BAD_REQUEST", "Idempotency-Key", "k".repeat(300)),
                new Bad("PUT", DOCS + "?id=x", "{}", 400, "BAD_REQUEST", "Content-Encoding", "gzip"),
                new Bad("PUT", DOCS + "?id=x", "{}", 400, "BAD_REQUEST", "Content-Encoding", "br"),
                new Bad("DELETE", DOCS + "?id=there", null, 409, "CONFLICT", "If-Match", "\"Z:99999\""),
                delete(DOCS, 400, "BAD_REQUEST"),
                get(DOCS + "?id=x&consistency=strange", 400, "BAD_REQUEST"),
                get(DOCS + "?id=x&consistency=session&index=-1", 400, "BAD_REQUEST"),
                get(DOCS + "?id=x&consistency=session&index=9999999999999999999", 400, "BAD_REQUEST"),
                new Bad("GET", DOCS + "?id=x&consistency=session", null, 400, "BAD_REQUEST", "Known-Raft-Index", "x"),
                get(DOCS + "?pageSize=0", 400, "BAD_REQUEST"),
                get(DOCS + "?pageSize=many", 400, "BAD_REQUEST"),
                get(DOCS + "?start=-1", 400, "BAD_REQUEST"),
                get(DOCS + "?id=there&metadataOnly=perhaps", 400, "BAD_REQUEST"),
                post(DOCS, "{\"Ids\":5}", 400, "BAD_REQUEST"),
                post(DOCS, "{\"Ids\":[5]}", 400, "BAD_REQUEST"));
    }

    static Stream<Bad> transactionsAndFeeds() {
        return Stream.of(
                post(BULK, "[]", 400, "BAD_JSON"),
                post(BULK, "{\"Commands\":5}", 400, "BAD_REQUEST"),
                post(BULK, "{\"Commands\":[5]}", 400, "BAD_REQUEST"),
                post(BULK, "{\"Commands\":[{}]}", 400, "BAD_REQUEST"),
                post(BULK, "{\"Commands\":[{\"Type\":\"EXPLODE\",\"Id\":\"x\"}]}", 400, "BAD_REQUEST"),
                post(BULK, "{\"Commands\":[{\"Type\":\"PUT\",\"Id\":\"x\"}]}", 400, "BAD_REQUEST"),
                post(BULK, "{\"Commands\":[{\"Type\":\"PUT\",\"Id\":7,\"Document\":{}}]}", 400, "BAD_ID"),
                post(BULK, "{\"Commands\":[{\"Type\":\"DELETE\"}]}", 400, "BAD_ID"),
                post(
                        BULK,
                        "{\"Commands\":[{\"Type\":\"DELETE\",\"Id\":\"x\",\"ChangeVector\":\"rubbish\"}]}",
                        400,
                        "BAD_REQUEST"),
                post(BULK, "{\"Commands\":[],\"Reads\":[{\"Id\":5}]}", 400, "BAD_ID"),
                post(BULK, "{\"Commands\":[" + "{},".repeat(10_000) + "{}]}", 400, "BAD_REQUEST"),
                post(BULK, exchange("PUT", "\"Index\":0"), 400, "BAD_REQUEST"),
                post(BULK, exchange("PUT", "\"Index\":0,\"Document\":{\"a\":1}"), 400, "BAD_REQUEST"),
                post(BULK, exchange("PUT", "\"Document\":{\"Object\":1}"), 400, "BAD_REQUEST"),
                post(BULK, exchange("PUT", "\"Index\":-1,\"Document\":{\"Object\":1}"), 400, "BAD_REQUEST"),
                post(BULK, exchange("PUT", "\"Index\":1.5,\"Document\":{\"Object\":1}"), 400, "BAD_REQUEST"),
                post(BULK, exchange("PUT", "\"Index\":7,\"Document\":{\"Object\":1}"), 409, "CONFLICT"),
                post(BULK, exchange("DELETE", "\"Index\":7"), 409, "CONFLICT"),
                post(BULK, exchange("DELETE", "\"Index\":\"7\""), 400, "BAD_REQUEST"),
                post(BULK, exchange("DELETE", "\"Index\":1").replace("\"k\"", "7"), 400, "BAD_REQUEST"),
                put(VALUES + "?key=k", "{\"Object\":1}", 400, "BAD_REQUEST"),
                put(VALUES + "?index=0", "{\"Object\":1}", 400, "BAD_REQUEST"),
                put(VALUES + "?key=k&index=-1", "{\"Object\":1}", 400, "BAD_REQUEST"),
                put(VALUES + "?key=k&index=x", "{\"Object\":1}", 400, "BAD_REQUEST"),
                put(VALUES + "?key=k&index=0", "{}", 400, "BAD_REQUEST"),
                put(VALUES + "?key=k&index=0", "1", 400, "BAD_JSON"),
                put(VALUES + "?key=a%0Ab&index=0", "{\"Object\":1}", 400, "BAD_REQUEST"),
                put(VALUES + "?index=0&key=" + "k".repeat(600), "{\"Object\":1}", 400, "BAD_REQUEST"),
                delete(VALUES + "?key=k", 400, "BAD_REQUEST"),
                get(VALUES + "?key=" + "k".repeat(600), 400, "BAD_REQUEST"),
                get(VALUES + "?pageSize=0", 400, "BAD_REQUEST"),
                put(DOCS + "?id=%7C", "{}", 400, "BAD_ID"),
                put(DOCS + "?id=" + "x".repeat(500) + "%7C", "{}", 400, "BAD_ID"),
                new Bad("PUT", DOCS + "?id=users%7C", "{}", 400, "BAD_REQUEST", "If-Match", "A:7"),
                post("/databases/bad/identity/next", "", 400, "BAD_REQUEST"),
                post("/databases/bad/identity/next?name=%7C", "", 400, "BAD_ID"),
                post("/databases/bad/identity/next?name=" + "x".repeat(600), "", 400, "BAD_ID"),
                post("/databases/bad/identity/seed?name=u", "", 400, "BAD_REQUEST"),
                post("/databases/bad/identity/seed?name=u&value=-1", "", 400, "BAD_REQUEST"),
                post("/databases/bad/identity/seed?name=u&value=9223372036854775807", "", 400, "BAD_REQUEST"),
                post("/databases/bad/identity/seed?name=u&value=1&force=perhaps", "", 400, "BAD_REQUEST"),
                get("/databases/none/cmpxchg?key=k", 404, "DATABASE_MISSING"),
                post(BULK + "?numberOfReplicasToWaitFor=some", "{\"Commands\":[]}", 400, "BAD_REQUEST"),
                post(BULK + "?numberOfReplicasToWaitFor=1", "{\"Commands\":[]}", 400, "BAD_REQUEST"),
                post(BULK + "?numberOfReplicasToWaitFor=-1", "{\"Commands\":[]}", 400, "BAD_REQUEST"),
                post(BULK + "?waitForReplicasTimeout=soon", "{\"Commands\":[]}", 400, "BAD_REQUEST"),
                post(BULK + "?waitForReplicasTimeout=00:00:00", "{\"Commands\":[]}", 400, "BAD_REQUEST"),
                post(BULK + "?waitForReplicasTimeout=01:00:00", "{\"Commands\":[]}", 400, "BAD_REQUEST"),
                post(
                        BULK + "?waitForReplicasTimeout=1s&throwOnTimeoutInWaitForReplicas=no",
                        "{\"Commands\":[]}",
                        400,
                        "BAD_REQUEST"),
                put(VALUES + "?key=k&index=0", "{\"Object\":1,\"@metadata\":5}", 400, "BAD_REQUEST"),
                put(VALUES + "?key=k&index=0", "{\"Object\":1,\"@metadata\":{\"@expires\":\"x\"}}", 400, "BAD_REQUEST"),
                get("/databases/bad/revisions", 400, "BAD_REQUEST"),
                get("/databases/bad/revisions?changeVector=rubbish", 400, "BAD_REQUEST"),
                get("/databases/bad/revisions?id=a&before=soon", 400, "BAD_REQUEST"),
                get("/databases/bad/revisions/count", 400, "BAD_REQUEST"),
                get("/databases/none/stats", 404, "DATABASE_MISSING"),
                get("/databases/none/admin/tombstones/state", 404, "DATABASE_MISSING"),
                get("/databases/none/expiration/config", 404, "DATABASE_MISSING"),
                post("/databases/bad/admin/expiration/config", "{\"Disabled\":\"no\"}", 400, "BAD_REQUEST"),
                post("/databases/bad/admin/revisions/config", "{\"Collections\":[]}", 400, "BAD_REQUEST"),
                post("/databases/bad/admin/revisions/config", "{\"Default\":{\"Keep\":5}}", 400, "BAD_REQUEST"),
                get("/topology", 400, "BAD_REQUEST"),
                get("/topology?name=none", 503, "DATABASE_MISSING"),
                get(FEED + "?since=rubbish", 400, "BAD_REQUEST"),
                get(FEED + "?since=0:-1:0", 400, "BAD_REQUEST"),
                get(FEED + "?since=0:99999999999999999999:0", 400, "BAD_REQUEST"),
                get(FEED + "?wait=1h", 400, "BAD_REQUEST"),
                get(FEED + "?wait=soon", 400, "BAD_REQUEST"),
                get(FEED + "?limit=0", 400, "BAD_REQUEST"),
                new Bad("GET", FEED, null, 400, "BAD_REQUEST", "Last-Event-ID", "rubbish"),
                get("/databases/none/feed", 404, "DATABASE_MISSING"),
                get("/databases/bad/hilo/next", 400, "BAD_REQUEST"),
                get("/databases/bad/hilo/next?tag=" + "t".repeat(600), 400, "BAD_ID"),
                get("/databases/bad/hilo/next?tag=t&lastBatchSize=-1", 400, "BAD_REQUEST"),
                put("/databases/bad/hilo/return?tag=t&end=x&last=1", "", 400, "BAD_REQUEST"),
                get("/databases/bad/state-hash?index=x", 400, "BAD_REQUEST"),
                get("/databases/none/state-hash", 404, "DATABASE_MISSING"),
                put("/databases/a%20b", "", 400, "BAD_REQUEST"),
                put("/databases/@system", "", 400, "BAD_REQUEST"),
                put("/databases/" + "d".repeat(200), "", 400, "BAD_REQUEST"),
                put("/databases/d?replicas=0", "", 400, "BAD_REQUEST"),
                delete("/databases/none", 404, "DATABASE_MISSING"),
                post("/databases/bad/backup", "", 501, "NOT_SUPPORTED"),
                post("/databases/none/backup", "", 404, "DATABASE_MISSING"),
                post("/databases/bad/backup?kind=half", "", 400, "BAD_REQUEST"),
                post("/databases/bad/backup/verify", "", 501, "NOT_SUPPORTED"),
                post("/databases/new/restore?from=bad", "", 501, "NOT_SUPPORTED"),
                post("/databases/new/restore", "", 400, "BAD_REQUEST"),
                post("/databases/new/restore?from=bad&sequence=1&time=2026-01-01T00:00:00Z", "", 400, "BAD_REQUEST"),
                post("/databases/new/restore?from=bad&time=soon", "", 400, "BAD_REQUEST"),
                get("/databases/bad/restore", 404, "NOT_FOUND"),
                get("/databases/none/restore", 404, "DATABASE_MISSING"),
                post("/databases/none/scrub", "", 404, "DATABASE_MISSING"),
                get("/databases/none/scrub", 404, "DATABASE_MISSING"),
                post("/databases/bad/repair", "", 400, "BAD_REQUEST"),
                post("/databases/bad/repair?node=A", "", 409, "CONFLICT"),
                post("/databases/bad/repair?node=A&shard=7", "", 404, "NOT_FOUND"),
                post("/databases/@system/repair?node=A", "", 404, "DATABASE_MISSING"),
                post("/cluster/nodes", "{}", 400, "BAD_REQUEST"),
                post("/cluster/nodes", "rubbish", 400, "BAD_JSON"),
                post("/cluster/nodes", "{\"tag\":\"b\",\"url\":\"u\",\"raft\":\"r\"}", 400, "BAD_REQUEST"),
                post("/cluster/nodes", "{\"tag\":\"B\",\"url\":\"u\",\"raft\":\"rubbish\"}", 400, "BAD_CONFIGURATION"),
                delete("/cluster/nodes/Z", 404, "NOT_FOUND"),
                get("/nothing/here", 404, "NOT_FOUND"),
                post("/databases", "", 405, "BAD_REQUEST"));
    }

    static Stream<Bad> tasksAndConnections() {
        return Stream.of(
                put("/connections/c", "rubbish", 400, "BAD_CONNECTION"),
                put("/connections/c", "", 400, "BAD_CONNECTION"),
                put("/connections/c", "{\"postgres\":", 400, "BAD_CONNECTION"),
                put("/connections/c", "oracle: { host: h }", 400, "BAD_CONNECTION"),
                put("/connections/bad%20name", "postgres: { host: h, database: d, user: u }", 400, "BAD_CONNECTION"),
                get("/connections/none", 404, "NOT_FOUND"),
                delete("/connections/none", 404, "NOT_FOUND"),
                post("/connections/none/check", "", 404, "NOT_FOUND"),
                put("/secrets/empty", "", 400, "BAD_REQUEST"),
                put("/secrets/bad%20name", "x", 400, "BAD_REQUEST"),
                put("/secrets/big", "x".repeat(100_000), 400, "BAD_REQUEST"),
                delete("/secrets/none", 404, "NOT_FOUND"),
                get("/tasks/none", 404, "NOT_FOUND"),
                delete("/tasks/none", 404, "NOT_FOUND"),
                post("/tasks/none/pause", "", 404, "NOT_FOUND"),
                post("/tasks/none/resume", "", 404, "NOT_FOUND"),
                post("/tasks/none/move", "", 400, "BAD_REQUEST"),
                post("/tasks/none/move?to=A", "", 404, "NOT_FOUND"),
                post("/tasks/none/replay", "", 400, "BAD_REQUEST"),
                post("/tasks/none/replay?from=start", "", 404, "NOT_FOUND"),
                post("/tasks/none/resync", "", 404, "NOT_FOUND"),
                get("/tasks/none/parked", 404, "NOT_FOUND"),
                post("/tasks/none/parked/x/retry", "", 404, "NOT_FOUND"),
                post("/tasks/none/parked/x/skip", "", 404, "NOT_FOUND"),
                put("/tasks/none/parked/x?sequence=1", "{}", 404, "NOT_FOUND"),
                put("/tasks/none/parked/x?sequence=1", "rubbish", 400, "BAD_JSON"),
                put("/tasks/t", task("t"), 400, "BAD_REQUEST"),
                put("/tasks/t?database=none", task("t"), 404, "DATABASE_MISSING"),
                put("/tasks/t?database=bad", task("other"), 400, "BAD_TASK"),
                put("/tasks/t?database=bad", "", 400, "BAD_TASK"),
                put("/tasks/t?database=bad", "task: [", 400, "BAD_TASK"),
                put("/tasks/t?database=bad", task("t") + "---\n" + task("u"), 400, "BAD_TASK"),
                put("/tasks/t?database=bad", task("t").replace("table: x", "tabel: x"), 400, "BAD_TASK"),
                put(
                        "/tasks/t?database=bad&dryRun=true",
                        task("t") + "steps:\n  - set: { a: '= doc.(' }\n",
                        400,
                        "BAD_SCRIPT"));
    }

    private static String exchange(String type, String rest) {
        return "{\"Commands\":[{\"Type\":\"CompareExchange" + type + "\",\"Id\":\"k\"," + rest + "}]}";
    }

    private static String task(String name) {
        return "task: " + name + "\nfrom: { database: pg, table: x }\nto: { documents: Things }\n";
    }

    @ParameterizedTest
    @MethodSource({"documents", "transactionsAndFeeds", "tasksAndConnections"})
    void shouldRefuseWithCodeWhenInputIsBad(Bad bad) {
        Answer answer = api.ask(bad.method(), bad.path(), bad.body(), bad.headers());

        assertThat(answer.status()).as(answer.toString()).isEqualTo(bad.status());
        assertThat(answer.text("code")).as(answer.toString()).isEqualTo(bad.code());
        assertThat(answer.text("message")).isNotBlank();
        assertThat(answer.text("outcome")).isEqualTo("not_applied");
    }

    @AfterEach
    void shouldGoOn() {
        assertThat(api.get(DOCS + "?id=there").status()).isEqualTo(200);
        assertThat(api.get(DOCS + "?id=x").status()).isEqualTo(404);
    }

    @Test
    void shouldNameThePlaceWhenYamlIsBad() {
        Answer unknown = api.put("/tasks/t?database=bad", task("t") + "stpes: []\n");
        assertThat(unknown.text("message")).contains("t.yaml:4:1", "stpes", "steps");

        Answer broken = api.put("/tasks/t?database=bad", "task: t\nfrom: { database: pg, table: x\n");
        assertThat(broken.status()).isEqualTo(400);
        assertThat(broken.text("message")).containsPattern("t\\.yaml:\\d+:\\d+");
    }

    @Test
    void shouldNameTheKeyWhenConnectionIsChecked() {
        api.put("/connections/odd", "postgres: { host: h, databse: d, user: u }");

        Answer check = api.post("/connections/odd/check", "");
        assertThat(check.status()).isEqualTo(400);
        assertThat(check.text("message")).contains("databse", "database");
    }

    @Test
    void shouldKeepNulInTextWhenItIsEscaped() {
        assertThat(api.put(DOCS + "?id=nul", "{\"a\":\"x\\u0000y\"}").status()).isEqualTo(201);
        assertThat(api.get(DOCS + "?id=nul").document()).containsEntry("a", "x\u0000y");
    }

    @Test
    void shouldRefuseBytesThatAreNoUtf8() {
        byte[] body = "{\"a\":\"?\"}".getBytes(StandardCharsets.US_ASCII);
        body[6] = (byte) 0xff;

        assertThat(raw("PUT " + DOCS + "?id=x HTTP/1.1", body).status()).isEqualTo(400);
    }

    @Test
    void shouldRefuseHttpThatNoClientSends() {
        assertThat(raw("PUT " + DOCS + "?id=%zz HTTP/1.1", new byte[0]).status())
                .isEqualTo(400);
        assertThat(raw("PUT /databases/%zz HTTP/1.1", new byte[0]).status()).isEqualTo(400);
        assertThat(raw("GET /connections/%zz HTTP/1.1", new byte[0]).status()).isEqualTo(400);
        assertThat(raw("PUT /secrets/%00 HTTP/1.1", new byte[] {'x'}).status()).isEqualTo(400);
        assertThat(raw("GET /connections/%FF HTTP/1.1", new byte[0]).status()).isBetween(400, 404);
        assertThat(raw("GET /../../etc/passwd HTTP/1.1", new byte[0]).status()).isBetween(400, 404);
        assertThat(raw("GET /health/live HTTP/1.1\nX-Long: " + "x".repeat(40_000), new byte[0])
                        .status())
                .isEqualTo(431);
        assertThat(raw("BREW /databases HTTP/1.1", new byte[0]).status()).isEqualTo(405);
        assertThat(raw("rubbish", new byte[0]).status()).isEqualTo(400);
    }

    @Test
    void shouldRefuseBodyThatGrowsTooMuchWhenItIsUnpacked() throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            for (int i = 0; i < 200; i++) {
                gzip.write(new byte[1 << 20]);
            }
        }
        assertThat(raw("PUT " + DOCS + "?id=x HTTP/1.1\nContent-Encoding: gzip", packed.toByteArray())
                        .status())
                .isEqualTo(413);
    }

    @Test
    void shouldRefuseBodyThatIsPackedMoreThanAHundredTimes() throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write("{}".getBytes(StandardCharsets.US_ASCII));
            gzip.write(" ".repeat(1 << 20).getBytes(StandardCharsets.US_ASCII)); // no limit but this one is near
        }
        Answer answer = raw("PUT " + DOCS + "?id=x HTTP/1.1\nContent-Encoding: gzip", packed.toByteArray());
        assertThat(answer.status()).as(answer.toString()).isEqualTo(413);
    }

    @Test
    void shouldTakeWhatIsJustWithinTheLimits() {
        String text = "x".repeat(8 << 20);
        String deep = "[".repeat(63) + "]".repeat(63);
        String digits = "9".repeat(1_000);
        for (String value : List.of('"' + text + '"', deep, digits, "1e999")) {
            Answer answer = api.put(DOCS + "?id=limits", "{\"a\":" + value + "}");
            assertThat(answer.status()).as(answer.toString()).isEqualTo(201);
        }
        assertThat(api.put(DOCS + "?id=" + "i".repeat(512), "{}").status()).isEqualTo(201);
        assertThat(api.delete(DOCS + "?id=limits").status()).isEqualTo(204);
    }

    @Test
    void shouldAnswerInTimeWhenTheIndexOfAHashIsNeverReached() {
        Answer hash = api.get("/databases/bad/state-hash?index=999999999");
        assertThat(hash.status()).as(hash.toString()).isEqualTo(503);
        assertThat(hash.text("code")).isEqualTo("TIMEOUT");
    }

    @Test
    void shouldRefuseKeyThatAnotherRequestHas() {
        String key = "shared key";
        assertThat(api.put(DOCS + "?id=first", "{}", "Idempotency-Key", key).status())
                .isEqualTo(201);

        for (Answer other : List.of(
                api.post(BULK, "{\"Commands\":[]}", "Idempotency-Key", key),
                api.put(DOCS + "?id=users%7C", "{}", "Idempotency-Key", key),
                api.put(VALUES + "?key=k&index=0", "{\"Object\":1}", "Idempotency-Key", key),
                api.post("/databases/bad/identity/next?name=u", "", "Idempotency-Key", key))) {
            assertThat(other.status()).as(other.toString()).isEqualTo(400);
            assertThat(other.text("outcome")).isEqualTo("not_applied");
        }
    }

    private static Answer raw(String head, byte[] body) {
        return RawHttp.send(nodes.all().get(0).settings().httpPort(), head, body);
    }
}
