package io.rookery.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.rookery.api.Json;
import io.rookery.server.blackbox.Answer;
import io.rookery.server.blackbox.Api;
import io.rookery.server.blackbox.Nodes;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The change feed as readers outside see it: long polls, events, tokens, places that are gone. */
final class FeedIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private static Path folder;

    private static Nodes nodes;
    private static Api api;
    private static int databases;

    private String database;

    @BeforeAll
    static void start() {
        nodes = Nodes.start(folder, 1);
        api = nodes.api(0);
    }

    @AfterAll
    static void end() {
        nodes.close();
    }

    @BeforeEach
    void database() {
        database = "feed" + ++databases;
        nodes.withDatabase(database, 1);
    }

    private void put(String id, String collection, int n) {
        Answer answer = api.put(
                "/databases/" + database + "/docs?id=" + id,
                "{\"n\":" + n + ",\"@metadata\":{\"@collection\":\"" + collection + "\"}}");
        assertThat(answer.status()).as(answer.toString()).isEqualTo(201);
    }

    private List<Map<String, Object>> feed(String query) {
        Answer answer = api.get("/databases/" + database + "/feed" + query);
        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        assertThat(answer.header("Content-Type")).isEqualTo("application/x-ndjson");
        return answer.body()
                .lines()
                .map(line -> Json.parse(line.getBytes(StandardCharsets.UTF_8)).asObject())
                .toList();
    }

    private static String last(List<Map<String, Object>> lines) {
        return (String) lines.get(lines.size() - 1).get("checkpoint");
    }

    @Test
    void shouldGiveEveryChangeInOrderWithItsTokenAndTheVersionBefore() {
        put("a/1", "As", 1);
        put("b/1", "Bs", 1);
        put("a/1", "As", 2);
        api.delete("/databases/" + database + "/docs?id=b/1");

        List<Map<String, Object>> all = feed("?before=true");

        assertThat(all.subList(0, 4))
                .extracting(line -> line.get("operation") + " " + line.get("id"))
                .containsExactly("insert a/1", "insert b/1", "update a/1", "delete b/1");
        assertThat((Map<?, ?>) all.get(2).get("before")).isEqualTo(Map.of("n", 1L));
        assertThat((Map<?, ?>) all.get(2).get("document")).isEqualTo(Map.of("n", 2L));
        assertThat(all).hasSize(5);
        assertThat(feed("?since=" + all.get(1).get("token")))
                .extracting(line -> line.get("id"))
                .containsExactly("a/1", "b/1", null);
        assertThat(feed("?collection=As")).extracting(line -> line.get("id")).containsExactly("a/1", "a/1", null);
        List<Map<String, Object>> page = feed("?limit=3");
        assertThat(page).hasSize(4);
        assertThat(feed("?since=" + last(page)))
                .extracting(line -> line.get("id"))
                .containsExactly("b/1", null);
        assertThat(feed("?since=" + last(all))).hasSize(1);
    }

    @Test
    void shouldEndTheLongPollWhenSomethingChanges() {
        String place = last(feed(""));
        CompletableFuture<List<Map<String, Object>>> poll =
                CompletableFuture.supplyAsync(() -> feed("?wait=60s&since=" + place));

        put("late", "As", 1);

        assertThat(poll.join())
                .filteredOn(line -> line.containsKey("id"))
                .extracting(line -> line.get("id"))
                .containsExactly("late");
        assertThat(last(feed("?wait=1s&since=" + last(poll.join())))).isEqualTo(last(poll.join()));
    }

    @Test
    void shouldGoOnAfterTheLastEventWhenAReaderComesBack() throws Exception {
        put("a", "As", 1);
        String lastId;
        try (Events events = new Events(null)) {
            assertThat(events.nextDocument()).isEqualTo("a");
            put("b", "As", 1);
            assertThat(events.nextDocument()).isEqualTo("b");
            lastId = events.id;
        }
        put("c", "As", 1);
        try (Events events = new Events(lastId)) {
            assertThat(events.nextDocument()).isEqualTo("c");
            events.awaitCheckpoint();
        }
        // a reader that left gives its place back
        await().atMost(PATIENCE)
                .until(() -> api.get("/databases/" + database + "/feed").isOk());
    }

    @Test
    void shouldSayGoneWhenThePlaceIsOfADatabaseThatWasDeleted() {
        for (int i = 0; i < 5; i++) {
            put("old/" + i, "As", i);
        }
        String place = last(feed(""));
        assertThat(api.delete("/databases/" + database).status()).isEqualTo(204);
        nodes.withDatabase(database, 1);
        put("new", "As", 1);

        Answer gone = api.get("/databases/" + database + "/feed?since=" + place);

        assertThat(gone.status()).as(gone.toString()).isEqualTo(410);
        assertThat(gone.text("code")).isEqualTo("GONE");
        assertThat(feed("?since=0")).extracting(line -> line.get("id")).contains("new");
    }

    /** A stream of server-sent events. */
    private final class Events implements AutoCloseable {
        private final BufferedReader lines;
        private String id;

        Events(String lastId) throws IOException, InterruptedException {
            HttpRequest.Builder request = HttpRequest.newBuilder(
                            URI.create(nodes.all().get(0).url() + "/databases/" + database + "/feed"))
                    .header("Accept", "text/event-stream");
            if (lastId != null) {
                request.header("Last-Event-ID", lastId);
            }
            HttpResponse<java.io.InputStream> response =
                    HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            assertThat(response.headers().firstValue("Content-Type")).contains("text/event-stream");
            lines = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
        }

        String nextDocument() throws IOException {
            Map<String, Object> event = next();
            while (!event.containsKey("id")) {
                event = next();
            }
            return (String) event.get("id");
        }

        /** At least every five seconds, also when nothing changes. */
        void awaitCheckpoint() throws IOException {
            Map<String, Object> event = next();
            assertThat(event).containsKey("checkpoint");
            assertThat(next()).containsKey("checkpoint");
        }

        private Map<String, Object> next() throws IOException {
            String line = lines.readLine();
            while (!line.startsWith("data: ")) {
                if (line.startsWith("id: ")) {
                    id = line.substring(4);
                }
                line = lines.readLine();
            }
            return Json.parse(line.substring(6).getBytes(StandardCharsets.UTF_8))
                    .asObject();
        }

        @Override
        public void close() throws IOException {
            lines.close();
        }
    }
}
