package io.rookery.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.rookery.samples.s3.S3Server;
import io.rookery.samples.servers.Ports;
import io.rookery.server.blackbox.Answer;
import io.rookery.server.blackbox.Api;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** Backups in a bucket, whose server goes away and comes back; each step goes on from the one before. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class BackupToS3IT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int DOCUMENTS = 400;

    @TempDir
    private static Path folder;

    private static S3Server s3;
    private static Rookery node;
    private static Api api;
    private static BackupJobs jobs;

    @BeforeAll
    static void start() throws IOException {
        System.setProperty("aws.accessKeyId", S3Server.ACCESS_KEY);
        System.setProperty("aws.secretAccessKey", S3Server.SECRET_KEY);
        s3 = new S3Server(folder.resolve("s3"), Ports.free());
        s3.start("backups");
        int http = Ports.free();
        Path file = Files.writeString(
                folder.resolve("node.yaml"), "backup: s3://backups/prod/shop\nbackup_endpoint: " + s3.url() + "\n");
        node = Rookery.start(RookeryConfig.read(
                file,
                Map.of(
                        "data", folder.resolve("A").toString(),
                        "http", "127.0.0.1:" + http,
                        "raft", "127.0.0.1:" + Ports.free())));
        api = new Api("http://127.0.0.1:" + http);
        jobs = new BackupJobs(api);
        await().atMost(PATIENCE)
                .until(() -> api.put("/databases/shop?replicas=1", "").isOk());
        for (int i = 0; i < DOCUMENTS; i++) {
            put("many/" + i, "{\"i\":" + i + "}");
        }
    }

    @AfterAll
    static void end() {
        node.close();
        s3.close();
        System.clearProperty("aws.accessKeyId");
        System.clearProperty("aws.secretAccessKey");
    }

    @Test
    @Order(1)
    void shouldKeepBackupsInTheBucketAndRestoreThem() {
        String full = jobs.backup("full");
        put("many/0", "{\"i\":-1}");
        assertThat(api.delete("/databases/shop/docs?id=many/1").status()).isEqualTo(204);
        String incremental = jobs.backup("incremental");

        assertThat(api.get("/databases/shop/backup").list("backups"))
                .extracting(backup -> backup.get("id"))
                .containsExactly(full, incremental);
        assertThat(s3.objects().resolve("backups/prod/shop/shop/" + full + "/manifest.json"))
                .exists();
        jobs.post("shop", "/backup/verify");
        jobs.awaitJob("shop", "verify", "DONE");

        jobs.restore("again", "");
        assertThat(api.get("/databases/again/docs?id=many/0").body()).contains("-1");
        assertThat(api.get("/databases/again/docs?id=many/1").status()).isEqualTo(404);
        jobs.restore("at-full", "&backup=" + full);
        assertThat(api.get("/databases/at-full/docs?id=many/1").body()).contains("\"i\":1");
        assertThat(filesOnTheWay()).as("nothing is left on the node").isEmpty();
    }

    @Test
    @Order(2)
    void shouldGoOnWhenTheBucketIsBack() {
        s3.close();
        assertThat(api.get("/databases/shop/backup").list("problems"))
                .singleElement()
                .satisfies(problem ->
                        assertThat(problem.get("message").toString()).contains("s3://backups/prod/shop/shop"));
        String begun = jobs.post("shop", "/backup?kind=full").text("backup");
        assertThat(jobs.awaitJob("shop", "backup", "FAILED")).contains("s3://backups/prod/shop/shop/" + begun);

        s3.start("backups");
        assertThat(jobs.post("shop", "/backup?kind=full").text("backup")).isEqualTo(begun);
        jobs.awaitJob("shop", "backup", "DONE");
        jobs.restore("resumed", "&backup=" + begun);
        assertThat(api.get("/databases/resumed/docs?id=many/0").body()).contains("-1");
        assertThat(filesOnTheWay()).isEmpty();
    }

    @Test
    @Order(3)
    void shouldFindADamagedObject() throws IOException {
        String id = api.get("/databases/shop/backup")
                .list("backups")
                .get(0)
                .get("id")
                .toString();
        Path object;
        try (Stream<Path> files = Files.list(s3.objects().resolve("backups/prod/shop/shop/" + id))) {
            object = files.filter(one -> one.toString().contains("documents"))
                    .findFirst()
                    .orElseThrow();
        }
        byte[] bytes = Files.readAllBytes(object);
        bytes[bytes.length / 2] ^= 1;
        Files.write(object, bytes);

        jobs.post("shop", "/backup/verify?backup=" + id);
        assertThat(jobs.awaitJob("shop", "verify", "FAILED")).contains("SHA-256", "s3://");
        assertThat(filesOnTheWay()).isEmpty();
    }

    private static List<Path> filesOnTheWay() {
        Path transfer = folder.resolve("A/backup-transfer");
        if (!Files.exists(transfer)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(transfer)) {
            return files.filter(Files::isRegularFile).toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void put(String id, String json) {
        Answer answer = api.put("/databases/shop/docs?id=" + Api.encoded(id), json);
        assertThat(answer.status()).as(answer.toString()).isEqualTo(201);
    }
}
