package io.rookery.server.cli;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.rookery.api.Json;
import io.rookery.samples.servers.EmbeddedPostgresServer;
import io.rookery.samples.servers.Ports;
import io.rookery.server.process.ServerProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line against a node in a process of its own, with a PostgreSQL behind it. */
final class CliIT {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    private static Path folder;

    private static ServerProcess node;
    private static EmbeddedPostgresServer postgres;
    private static String urls;

    @BeforeAll
    static void start() throws SQLException {
        postgres = EmbeddedPostgresServer.start();
        postgres.createDatabase("analytics");
        node = ServerProcess.start(
                        new ServerProcess.Settings("A", folder.resolve("A"), Ports.free(), Ports.free(), null))
                .awaitReady(Duration.ofSeconds(90));
        urls = "http://127.0.0.1:" + Ports.free() + ',' + node.url(); // nobody is at the first one
    }

    @AfterAll
    static void stop() {
        if (node != null) {
            node.close();
        }
        if (postgres != null) {
            postgres.close();
        }
    }

    private static Ran run(String... args) {
        List<String> all = new ArrayList<>(List.of(args));
        all.add("--url");
        all.add(urls);
        return Ran.rookery(all.toArray(String[]::new));
    }

    private static Ran ok(String... args) {
        return run(args).endsWith(ExitCode.OK);
    }

    private static String file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text).toString();
    }

    private static void put(String id, String json) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(node.url() + "/databases/shop/docs?id=" + id))
                .PUT(HttpRequest.BodyPublishers.ofString(json))
                .build();
        assertThat(HTTP.send(request, HttpResponse.BodyHandlers.discarding()).statusCode())
                .isEqualTo(201);
    }

    private static List<String> names() throws SQLException {
        List<String> names = new ArrayList<>();
        try (Connection connection = postgres.connect("analytics");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT id, name FROM birds ORDER BY id")) {
            while (rows.next()) {
                names.add(rows.getString(1) + ' ' + rows.getString(2));
            }
        }
        return names;
    }

    /** What a new user does on the first day, in this order. */
    @Test
    void shouldTakeATaskFromItsFilesToItsTargetAndMendWhatTheTargetRefuses() throws Exception {
        assertThat(ok("cluster").out()).contains("asked node A");
        ok("database", "create", "shop");
        ok("database", "create", "shop"); // again: nothing changes
        assertThat(ok("database", "list").out()).containsPattern("shop +1 +0 +A");

        String value = file("value", EmbeddedPostgresServer.PASSWORD + '\n');
        ok("secrets", "set", "dwh/password", "--file", value);
        assertThat(ok("secrets", "list").out().lines()).containsExactly("dwh/password");

        String connections = file(
                "connections.yaml",
                """
                connections:
                  dwh:
                    postgres: { host: 127.0.0.1, port: %d, database: analytics, user: postgres,
                      password: "${secret:dwh/password}", tls: disable }
                """
                        .formatted(postgres.port()));
        String task = file(
                "birds.yaml",
                """
                task: birds-out
                from: { collection: Birds }
                to:
                  sql: dwh
                  schema: create
                  tables:
                    public.birds:
                      key: { id: $id }
                      columns: { name: { from: name, type: "varchar(5)" } }
                """);
        assertThat(run("plan", "--database", "shop", connections, task)
                        .endsWith(ExitCode.REFUSED)
                        .err())
                .contains("'rookery connections apply'");
        ok("connections", "apply", connections);
        assertThat(ok("connections", "show", "dwh").out()).contains("${secret:dwh/password}");
        assertThat(ok("plan", "--database", "shop", connections, task).out().lines())
                .contains("connection dwh (postgres): unchanged", "task birds-out: created, exactly once");
        assertThat(ok("apply", "--database", "shop", connections, task).out()).contains("task birds-out: created");
        assertThat(ok("apply", "--database", "shop", connections, task).out()).contains("task birds-out: unchanged");

        put("birds/1", "{\"name\":\"rook\",\"@metadata\":{\"@collection\":\"Birds\"}}");
        put("birds/2", "{\"name\":\"jackdaw\",\"@metadata\":{\"@collection\":\"Birds\"}}");
        await().atMost(90, SECONDS).untilAsserted(() -> {
            Fields status = ok("tasks", "birds-out", "--json").json();
            assertThat(status.text("state")).isEqualTo("RUNNING");
            assertThat(status.number("parked")).isEqualTo(1);
            assertThat(status.number("checkpoint")).isEqualTo(2);
        });
        assertThat(names()).containsExactly("birds/1 rook");
        assertThat(ok("tasks", "--database", "shop").out()).containsPattern("birds-out +RUNNING +A +1 +2 +\\S+ +0 +1");

        assertThat(ok("parked", "list", "birds-out").out()).containsPattern("birds/2 +2 +insert +\\d+ ");
        assertThat(ok("parked", "show", "birds-out", "birds/2", "--json")
                        .json()
                        .objects("parked")
                        .get(0)
                        .object("document")
                        .text("name"))
                .isEqualTo("jackdaw");
        ok("parked", "edit", "birds-out", "birds/2", "--file", file("bird.json", "{\"name\":\"daw\"}"));
        assertThat(ok("parked", "retry", "birds-out", "birds/2").out()).startsWith("1 delivered");
        assertThat(names()).containsExactly("birds/1 rook", "birds/2 daw");

        assertThat(ok("tail", "--database", "shop", "--collection", "Birds")
                        .out()
                        .lines())
                .containsExactly(
                        "0:1:0  insert  birds/1  {\"name\":\"rook\"}",
                        "0:2:0  insert  birds/2  {\"name\":\"jackdaw\"}");
        assertThat(ok("tail", "--database", "shop", "--json", "--follow", "--limit", "1", "--since", "0:1:0")
                        .json()
                        .text("id"))
                .isEqualTo("birds/2");

        ok("pause", "birds-out");
        await().atMost(60, SECONDS).untilAsserted(() -> assertThat(
                        ok("tasks", "birds-out", "--json").json().text("state"))
                .isEqualTo("PAUSED"));
        ok("resume", "birds-out");
        assertThat(ok("replay", "birds-out", "--from", "start", "--json").json().values())
                .containsEntry("sequence", 0L);
        await().atMost(60, SECONDS).untilAsserted(() -> assertThat(
                        ok("tasks", "birds-out", "--json").json().number("parked"))
                .isEqualTo(1)); // what was edited was the parked change, not the document
        ok("delete", "birds-out");
        await().atMost(60, SECONDS)
                .untilAsserted(() -> assertThat(ok("tasks", "--json").json().objects("tasks"))
                        .isEmpty());
    }

    @Test
    void shouldSayWhatANodeRefusesWithItsCodeAndExitCode() throws IOException {
        String task = file(
                "bad.yaml",
                """
                # the second line of the task is the third of the file
                task: bad
                from: { collection: Birds }
                steps:
                  - filter: "doc.name ==="
                to: { sql: nowhere, tables: { t: { key: { id: $id } } } }
                """);
        assertThat(run("apply", "--database", "nope", task)
                        .endsWith(ExitCode.REFUSED)
                        .err())
                .contains("DATABASE_MISSING: " + task);
        ok("database", "create", "other");
        assertThat(run("apply", "--database", "other", task)
                        .endsWith(ExitCode.REFUSED)
                        .err())
                .contains("BAD_SCRIPT: " + task + ":5:");
        assertThat(run("tasks", "bad").endsWith(ExitCode.REFUSED).err()).startsWith("NOT_FOUND: ");
        assertThat(run("connections", "check", "nowhere")
                        .endsWith(ExitCode.REFUSED)
                        .out())
                .isEmpty();
        assertThat(run("move", "bad", "--to", "B").endsWith(ExitCode.REFUSED).err())
                .startsWith("NOT_FOUND: ");
        assertThat(run("tail", "--database", "other", "--since", "there")
                        .endsWith(ExitCode.REFUSED)
                        .err())
                .startsWith("BAD_REQUEST: ");
        assertThat(Json.parse(ok("database", "delete", "other", "--json").out().strip())
                        .isObject())
                .isTrue();
    }
}
