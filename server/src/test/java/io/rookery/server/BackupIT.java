package io.rookery.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.rookery.samples.servers.Ports;
import io.rookery.server.blackbox.Answer;
import io.rookery.server.blackbox.Api;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** Backups of a database that changes, and what comes back of them; each step goes on from the one before. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class BackupIT {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    /** As deep as may be; answers with it are too deep for the reader of this test. */
    private static final String DEEP = "{\"d\":" + "[".repeat(63) + "]".repeat(63) + "}";

    @TempDir
    private static Path folder;

    private static RookeryConfig config;
    private static Rookery node;
    private static Api api;
    private static BackupJobs jobs;

    private static String full;
    private static Map<String, Object> documentsAtFull;
    private static long sequenceBetween;
    private static Instant timeBetween;
    private static Map<String, Object> documentsBetween;
    private static Map<String, Object> documentsAtEnd;

    @BeforeAll
    static void start() throws IOException {
        int http = Ports.free();
        Path file = Files.writeString(folder.resolve("node.yaml"), "backup: " + folder.resolve("backups") + "\n");
        config = RookeryConfig.read(
                file,
                Map.of(
                        "data", folder.resolve("A").toString(),
                        "http", "127.0.0.1:" + http,
                        "raft", "127.0.0.1:" + Ports.free()));
        node = Rookery.start(config);
        api = new Api("http://127.0.0.1:" + http);
        jobs = new BackupJobs(api);
        await().atMost(PATIENCE)
                .until(() -> api.put("/databases/shop?replicas=1", "").isOk());
    }

    @AfterAll
    static void end() {
        node.close();
    }

    @Test
    @Order(1)
    void shouldTakeAFullBackup() {
        put("orders/1", "Orders", "{\"total\":1.50, \"text\":\"ä\\n😀\",\n \"list\":[1,\n2]}");
        put("orders/2", "Orders", "{\"n\":1}");
        put("a b/ü\"x", "Odd", "{}");
        put("~deep", "Odd", DEEP);
        put("gone", "Orders", "{}");
        assertThat(api.put(
                                "/databases/shop/docs?id=orders/9",
                                "{\"@metadata\":{\"@collection\":\"Orders\",\"@expires\":\"2999-01-01T00:00:00.0000000Z\"}}")
                        .status())
                .isEqualTo(201);
        assertThat(api.delete("/databases/shop/docs?id=gone").status()).isEqualTo(204);
        for (int i = 0; i < 700; i++) {
            put("many/" + i, "Many", "{\"i\":" + i + "}");
        }
        assertThat(exchange("shop", "mail", "{\"Object\":{\"owner\":\"orders/1\"}}", 0))
                .containsEntry("Successful", true);
        assertThat(exchange("shop", "number", "{\"Object\":7}", 0)).containsEntry("Successful", true);
        assertThat(next("shop")).isEqualTo(1);
        documentsAtFull = documents("shop");
        assertThat(documentsAtFull).hasSize(704);

        full = jobs.backup("full");

        Map<String, Object> listed =
                api.get("/databases/shop/backup").list("backups").get(0);
        assertThat(listed)
                .containsEntry("id", full)
                .containsEntry("kind", "full")
                .containsEntry("node", "A");
    }

    @Test
    @Order(2)
    void shouldTakeAnIncrementalBackupOfWhatChanged() {
        put("orders/1", "Orders", "{\"total\":2}");
        put("orders/3", "Late", "{}");
        sequenceBetween = sequence(put("orders/2", "Orders", "{\"n\":2}"));
        documentsBetween = documents("shop");
        timeBetween = Instant.now();
        await().until(() -> Instant.now().isAfter(timeBetween.plusMillis(2)));
        put("orders/2", "Orders", "{\"n\":3}");
        assertThat(api.delete("/databases/shop/docs?id=orders/1").status()).isEqualTo(204);
        exchange("shop", "late", "{\"Object\":{}}", 0);
        assertThat(next("shop")).isEqualTo(2);
        assertThat(api.put(
                                "/databases/shop/docs?id=orders/8",
                                "{\"@metadata\":{\"@collection\":\"Orders\",\"@refresh\":\"2998-01-01T00:00:00.0000000Z\"}}")
                        .status())
                .isEqualTo(201);
        documentsAtEnd = documents("shop");
        assertThat(documentsAtEnd.toString()).contains("2999-01-01", "2998-01-01");

        jobs.backup("incremental");

        List<Map<String, Object>> listed = api.get("/databases/shop/backup").list("backups");
        assertThat(listed).hasSize(2);
        assertThat(listed.get(1)).containsEntry("previous", full);
        jobs.post("shop", "/backup/verify");
        jobs.awaitJob("shop", "verify", "DONE");
    }

    @Test
    @Order(3)
    void shouldRestoreIntoANewDatabase() {
        jobs.restore("newest", "");

        assertSame("newest", documentsAtEnd);
        assertThat(api.get("/databases/newest/restore").json())
                .containsEntry("state", "DONE")
                .containsEntry("from", "shop");
        assertThat(value("newest", "mail").toString()).contains("orders/1");
        assertThat(value("newest", "number").toString()).contains("7");
        assertThat(value("newest", "late")).isNotNull();
        assertThat(next("newest")).isEqualTo(3);
        assertThat(api.get("/databases/newest/docs?id=~deep").body()).contains("[".repeat(63) + "]".repeat(63));
        assertThat(api.get("/databases/newest/docs?id=gone").status()).isEqualTo(404);
    }

    @Test
    @Order(4)
    void shouldRestoreUpToAPlaceOrATime() {
        jobs.restore("at-full", "&backup=" + full);
        assertSame("at-full", documentsAtFull);

        jobs.restore("at-sequence", "&sequence=" + sequenceBetween);
        assertSame("at-sequence", documentsBetween);
        assertThat(value("at-sequence", "late"))
                .as("values are of the last backup before")
                .isNull();

        jobs.restore("at-time", "&time=" + timeBetween);
        assertSame("at-time", documentsBetween);
    }

    @Test
    @Order(5)
    void shouldRefuseWhatCannotBeRestored() {
        assertThat(jobs.post("shop", "/restore?from=shop").text("code")).isEqualTo("ALREADY_EXISTS");
        assertThat(jobs.post("none", "/restore?from=nothing").status()).isEqualTo(404);
        assertThat(jobs.post("none", "/restore?from=..%2F..&backup=x").status()).isEqualTo(400);
        assertThat(jobs.post("none", "/restore?from=shop&backup=..").status()).isEqualTo(400);
        assertThat(jobs.post("none", "/restore?from=shop&sequence=1").status()).isEqualTo(400);
        assertThat(jobs.post("none", "/restore?from=shop&sequence=999999").status())
                .isEqualTo(400);
        assertThat(jobs.post("none", "/restore?from=shop&time=yesterday").status())
                .isEqualTo(400);
        assertThat(jobs.post("none", "/restore?from=shop&time=2020-01-01T00:00:00Z")
                        .text("message"))
                .contains("Expected a point from " + full);
        assertThat(jobs.post("none", "/backup").status()).isEqualTo(404);
        assertThat(jobs.post("shop", "/backup?kind=half").status()).isEqualTo(400);
        assertThat(api.get("/databases/none/docs?id=x").status()).isEqualTo(404);
    }

    @Test
    @Order(6)
    void shouldGoOnWithABackupWhenTheNodeComesBack() {
        String begun = jobs.post("shop", "/backup").text("backup");
        node.close();
        node = Rookery.start(config);

        await().atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> assertThat(
                        api.get("/databases/shop/backup").list("backups"))
                .extracting(backup -> backup.get("id"))
                .contains(begun));
        jobs.restore("resumed", "&backup=" + begun);
        assertSame("resumed", documentsAtEnd);
        assertThat(folder.resolve("A/backup/shop")).doesNotExist();
        assertThat(api.delete("/databases/shop/backup").status())
                .as("nothing is there to give up")
                .isEqualTo(204);
    }

    @Test
    @Order(7)
    void shouldFindAndRefuseADamagedBackup() throws IOException {
        Path file;
        try (Stream<Path> files = Files.list(folder.resolve("backups/shop/" + full))) {
            file = files.filter(one -> one.toString().contains("documents"))
                    .findFirst()
                    .orElseThrow();
        }
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);

        jobs.post("shop", "/backup/verify?backup=" + full);
        assertThat(jobs.awaitJob("shop", "verify", "FAILED")).contains("SHA-256");
        jobs.post("damaged", "/restore?from=shop&backup=" + full);
        assertThat(jobs.awaitJob("damaged", "restore", "FAILED")).contains("SHA-256");
        assertThat(api.get("/databases/damaged/restore").json()).containsEntry("state", "INTERRUPTED");
        assertThat(documents("damaged").isEmpty()).isTrue();

        // whole again: the same restore goes on in the same database
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
        jobs.restore("damaged", "&backup=" + full);
        assertSame("damaged", documentsAtFull);
        assertThat(api.get("/databases/damaged/restore").json()).containsEntry("state", "DONE");
        assertThat(jobs.post("damaged", "/restore?from=shop&backup=" + full).status())
                .as("and then never again")
                .isEqualTo(409);
    }

    @Test
    @Order(8)
    void shouldScrubAndTellOfIt() {
        assertThat(jobs.post("shop", "/scrub").status()).isEqualTo(202);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(api.get("/databases/shop/scrub").list("replicas"))
                        .singleElement()
                        .satisfies(replica -> assertThat(replica).containsEntry("state", "SOUND")));
        assertThat(jobs.post("shop", "/repair?node=A").text("message")).contains("Expected 2 other nodes");
    }

    /** Each shard's feed has its place in the backup; what comes back is where the new database's slots say. */
    @Test
    @Order(9)
    void shouldRestoreIntoSeveralShardsWhateverTheirNumberWas() {
        await().atMost(PATIENCE)
                .until(() -> api.put("/databases/wide?replicas=1&shards=3", "").isOk());
        await().atMost(PATIENCE)
                .until(() -> api.get("/databases/wide/docs?startsWith=none").isOk());
        for (int i = 0; i < 60; i++) {
            put("wide", "many/" + i, "Many", "{\"i\":" + i + "}");
            exchange("wide", "value/" + i, "{\"Object\":" + i + "}", 0);
        }
        assertThat(next("wide")).isEqualTo(1);
        jobs.backup("wide", "full");
        for (int i = 0; i < 60; i += 3) {
            put("wide", "many/" + i, "Many", "{\"changed\":" + i + "}");
        }
        Map<String, Object> between = documents("wide");
        Instant time = Instant.now();
        await().until(() -> Instant.now().isAfter(time.plusMillis(2)));
        for (int i = 1; i < 60; i += 3) {
            assertThat(api.delete("/databases/wide/docs?id=many/" + i).status()).isEqualTo(204);
        }
        jobs.backup("wide", "incremental");
        Map<String, Object> end = documents("wide");
        assertThat(end).hasSize(40);

        jobs.restore("wide", "wide-again", "");
        assertSame("wide-again", end);
        assertThat(shards("wide-again")).hasSize(3);
        jobs.restore("wide", "wide-then", "&time=" + time);
        assertSame("wide-then", between);
        jobs.restore("wide", "wide-two", "&shards=2");
        assertSame("wide-two", end);
        assertThat(shards("wide-two")).hasSize(2);
        for (String database : List.of("wide-again", "wide-two")) {
            assertThat(next(database)).isEqualTo(2);
            for (int i = 0; i < 60; i++) {
                assertThat(value(database, "value/" + i)).isEqualTo(Map.of("Object", (long) i));
            }
        }
        assertThat(jobs.post("wide-two", "/restore?from=wide").text("code")).isEqualTo("ALREADY_EXISTS");
        assertThat(jobs.post("none", "/restore?from=wide&sequence=1").status()).isEqualTo(400);

        jobs.restore("shop", "shop-in-three", "&shards=3");
        Answer stats = api.get("/databases/shop-in-three/stats");
        assertThat(stats.list("Shards")).hasSize(3).allSatisfy(shard -> assertThat((Long) shard.get("CountOfDocuments"))
                .isGreaterThan(100));
        assertThat(stats.number("CountOfDocuments"))
                .isEqualTo(api.get("/databases/shop/stats").number("CountOfDocuments"));
        assertSame("shop-in-three", documents("shop"));
        jobs.restore("wide", "wide-as-one", "&shards=1");
        assertSame("wide-as-one", end);
    }

    @Test
    @Order(10)
    void shouldRestoreRevisionsAndSettings() {
        await().atMost(PATIENCE)
                .until(() -> api.put("/databases/kept?replicas=1", "").isOk());
        String policy = "{\"Default\":{\"Disabled\":false,\"MinimumRevisionsToKeep\":4}}";
        assertThat(jobs.api()
                        .post("/databases/kept/admin/revisions/config", policy)
                        .status())
                .isEqualTo(200);
        assertThat(jobs.api()
                        .post("/databases/kept/admin/expiration/config", "{\"DeleteFrequencyInSec\":77}")
                        .status())
                .isEqualTo(200);
        for (int i = 0; i < 7; i++) {
            put("kept", "plans/1", "Plans", "{\"i\":" + i + "}");
            put("kept", "plans/" + (2 + i % 2), "Plans", "{\"i\":" + i + "}");
        }
        assertThat(api.delete("/databases/kept/docs?id=plans/2").status()).isEqualTo(204);
        String revisionsAtFull = revisions("kept");
        jobs.backup("kept", "full");
        String first = String.valueOf(
                api.get("/databases/kept/backup").list("backups").get(0).get("id"));
        put("kept", "plans/2", "Plans", "{\"again\":true}");
        put("kept", "plans/3", "Plans", "{\"i\":9}");
        put("kept", "plans/3", "Plans", "{\"i\":10}");
        jobs.backup("kept", "incremental");

        jobs.restore("kept", "kept-again", "");
        jobs.restore("kept", "kept-first", "&shards=2&backup=" + first);

        assertThat(revisionsAtFull).contains("DeleteRevision");
        assertThat(revisions("kept")).contains("\"again\"");
        assertThat(revisions("kept-again")).isEqualTo(revisions("kept"));
        assertThat(revisions("kept-first")).isEqualTo(revisionsAtFull);
        for (String config : List.of("revisions", "expiration", "refresh")) {
            assertThat(api.get("/databases/kept-again/" + config + "/config").body())
                    .isEqualTo(api.get("/databases/kept/" + config + "/config").body());
        }
        assertThat(api.get("/databases/kept-again/expiration/config").body()).contains("77");

        Answer split = jobs.post("kept-again", "/shards/0/split");
        assertThat(split.status()).as(split.toString()).isEqualTo(200);
        assertThat(revisions("kept-again")).isEqualTo(revisions("kept"));
    }

    /** Of three documents, each version with its time; change vectors are the new database's own. */
    private static String revisions(String database) {
        StringBuilder all = new StringBuilder();
        for (int i = 1; i <= 3; i++) {
            Answer found = api.get("/databases/" + database + "/revisions?id=plans/" + i);
            assertThat(found.status()).as(found.toString()).isEqualTo(200);
            all.append(found.body().replaceAll("\"@change-vector\":\"[^\"]*\"", ""));
        }
        return all.toString();
    }

    private static List<Map<String, Object>> shards(String database) {
        return api.get("/cluster").list("shards").stream()
                .filter(shard -> database.equals(shard.get("database")))
                .toList();
    }

    private static Answer put(String id, String collection, String json) {
        return put("shop", id, collection, json);
    }

    private static Answer put(String database, String id, String collection, String json) {
        Answer answer = api.put(
                "/databases/" + database + "/docs?id=" + Api.encoded(id),
                json.substring(0, json.length() - 1) + (json.equals("{}") ? "" : ",")
                        + "\"@metadata\":{\"@collection\":\"" + collection + "\"}}");
        assertThat(answer.status()).as(answer.toString()).isEqualTo(201);
        return answer;
    }

    private static long sequence(Answer put) {
        return Long.parseLong(put.text("ChangeVector").substring(2));
    }

    private static Map<String, Object> exchange(String database, String key, String body, long index) {
        return api.put("/databases/" + database + "/cmpxchg?key=" + key + "&index=" + index, body)
                .json();
    }

    private static Object value(String database, String key) {
        List<Map<String, Object>> found =
                api.get("/databases/" + database + "/cmpxchg?key=" + key).list("Results");
        return found.isEmpty() ? null : found.get(0).get("Value");
    }

    private static long next(String database) {
        return api.post("/databases/" + database + "/identity/next?name=users", "")
                .number("NewIdentityValue");
    }

    /** By id, with all but their versions; without the deep one. */
    private static Map<String, Object> documents(String database) {
        Map<String, Object> documents = new TreeMap<>();
        for (String prefix : List.of("a", "many/", "orders/")) {
            api.get("/databases/" + database + "/docs?startsWith=" + prefix + "&pageSize=1000")
                    .list("Results")
                    .forEach(document -> documents.put(
                            (String) ((Map<?, ?>) document.get("@metadata")).get("@id"), withoutVersion(document)));
        }
        return documents;
    }

    private static void assertSame(String database, Map<String, Object> expected) {
        Map<String, Object> found = documents(database);
        assertThat(found.keySet()).isEqualTo(expected.keySet());
        expected.forEach((id, document) -> assertThat(found.get(id)).isEqualTo(document));
    }

    private static Object withoutVersion(Map<String, Object> document) {
        Map<String, Object> copy = new TreeMap<>(document);
        Map<String, Object> metadata = new TreeMap<>();
        ((Map<?, ?>) document.get("@metadata")).forEach((key, value) -> metadata.put((String) key, value));
        assertThat(metadata.remove("@change-vector")).isNotNull();
        copy.put("@metadata", metadata);
        return copy;
    }
}
