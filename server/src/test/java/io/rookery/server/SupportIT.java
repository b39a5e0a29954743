package io.rookery.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.rookery.server.blackbox.Answer;
import io.rookery.server.blackbox.Api;
import io.rookery.server.blackbox.Nodes;
import io.rookery.server.cli.RookeryCommand;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a node tells those who look for what is wrong: ids of requests, and a bundle without secrets. */
final class SupportIT {
    private static final String CANARY = "canary-4711-" + "do-not-tell";
    private static final String TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    @TempDir
    private static Path folder;

    private static Nodes nodes;
    private static Api api;

    @BeforeAll
    static void start() {
        nodes = Nodes.start(folder, 2, "-Dlogback.configurationFile=logback.xml")
                .withDatabase("support", 2);
        api = nodes.api(0);
    }

    @AfterAll
    static void end() {
        nodes.close();
    }

    @Test
    void shouldNameRequestsInAnswersAndErrors() {
        Answer own = api.get("/databases/none/docs?id=x", "X-Request-Id", "mine-1");
        assertThat(own.header("X-Request-Id")).isEqualTo("mine-1");
        assertThat(own.text("requestId")).isEqualTo("mine-1");

        Answer traced = api.get("/databases/none/docs?id=x", "traceparent", TRACE);
        assertThat(traced.text("requestId")).isEqualTo("4bf92f3577b34da6a3ce929d0e0e4736");
        assertThat(traced.header("traceparent")).isEqualTo(TRACE);

        String made = api.get("/health/live").header("X-Request-Id");
        assertThat(made).isNotBlank().isNotEqualTo(api.get("/health/live").header("X-Request-Id"));
        Answer odd = api.get("/nothing", "X-Request-Id", "a b\tc", "traceparent", "00-0-0-0");
        assertThat(odd.text("requestId")).isEqualTo(odd.header("X-Request-Id")).matches("[0-9a-f]+-[0-9]+");
    }

    @Test
    void shouldBundleWhatHelpsAndNoSecret() throws IOException {
        api.put("/secrets/dwh/password".replace("dwh/", "dwh%2F"), CANARY);
        api.put("/connections/dwh", connection(CANARY));
        api.put("/connections/hidden", connection("${secret:dwh/password}"));
        api.post("/connections/dwh/check", ""); // fails, and whatever it says must not say this
        api.post("/connections/hidden/check", "");
        api.put(
                "/tasks/out?database=support",
                "task: out\nfrom: { documents: Things }\nto: { sql: { connection: dwh } }\n");
        api.put("/databases/support/docs?id=secret", "{\"a\":\"" + CANARY + "\"}");
        Path file = folder.resolve("support.zip");

        int exit = RookeryCommand.run(
                "support",
                "--output",
                file.toString(),
                "--url",
                nodes.all().get(1).url());

        assertThat(exit).isZero();
        Map<String, String> bundle = read(file);
        assertThat(bundle)
                .containsKeys(
                        "cluster.json",
                        "A/metrics.txt",
                        "A/configuration.json",
                        "A/threads.txt",
                        "A/log.txt",
                        "A/tasks.json",
                        "A/databases/support/stats.json",
                        "B/process.json",
                        "B/databases/support/tombstones.json");
        assertThat(bundle.get("A/log.txt")).contains("answers at http://");
        assertThat(bundle.get("A/metrics.txt")).contains("rookery_shard_leader");
        assertThat(bundle.get("A/threads.txt")).contains("http-");
        assertThat(bundle.get("A/configuration.json")).contains("\"max_requests\"");
        assertThat(bundle.get("A/connections.json")).contains("dwh");
        bundle.forEach((name, text) -> assertThat(text).as(name).doesNotContain(CANARY));
    }

    private static String connection(String password) {
        return "postgres: { host: 127.0.0.1, port: 1, database: d, user: u, password: '" + password + "' }";
    }

    private static Map<String, String> read(Path file) throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(file))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                files.put(entry.getName(), new String(zip.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
        return files;
    }
}
