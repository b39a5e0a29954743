package io.rookery.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.rookery.api.Json;
import io.rookery.server.blackbox.Answer;
import io.rookery.server.blackbox.Api;
import io.rookery.server.blackbox.Nodes;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Expiration, refresh, revisions and statistics through the API of three processes. */
final class DocumentFeaturesIT {
    private static final String BASE = "/databases/features";
    private static final String DOCS = BASE + "/docs";
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @TempDir
    private static Path folder;

    private static Nodes nodes;
    private static Api api;

    @BeforeAll
    static void start() {
        nodes = Nodes.start(folder, 3).withDatabase("features", 3);
        api = nodes.api(0);
        require(200, api.post(BASE + "/admin/expiration/config", "{\"Disabled\":false,\"DeleteFrequencyInSec\":1}"));
        require(200, api.post(BASE + "/admin/refresh/config", "{\"Disabled\":false,\"RefreshFrequencyInSec\":1}"));
    }

    @AfterAll
    static void end() {
        try {
            assertThat(nodes.stateHashes("features").stream().distinct()).hasSize(1);
        } finally {
            nodes.close();
        }
    }

    private static Answer require(int status, Answer answer) {
        assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
        return answer;
    }

    private static String due(String name, Instant time) {
        return "{\"n\":1,\"@metadata\":{\"@collection\":\"Due\",\"" + name + "\":\"" + time + "\"}}";
    }

    private static Object metadata(Map<String, Object> document, String name) {
        return ((Map<?, ?>) document.get("@metadata")).get(name);
    }

    @Test
    void shouldDeleteWhatExpiresAndTellTheFeed() {
        require(201, api.put(DOCS + "?id=due/1", due("@expires", Instant.now().plusSeconds(3))));
        require(201, api.put(DOCS + "?id=due/2", due("@expires", Instant.parse("2090-01-02T03:04:05.678Z"))));
        Answer there = require(200, nodes.api(1).get(DOCS + "?id=due/2"));
        assertThat(metadata(there.document(), "@expires")).isEqualTo("2090-01-02T03:04:05.6780000Z");
        require(200, nodes.api(1).get(DOCS + "?id=due/1"));

        await().atMost(PATIENCE)
                .until(() -> nodes.api(2).get(DOCS + "?id=due/1").status() == 404);

        assertThat(api.get(BASE + "/feed?collection=Due&wait=1s").body().lines())
                .anyMatch(line -> line.contains("\"delete\"") && line.contains("\"due/1\""));
        require(200, api.get(DOCS + "?id=due/2"));
    }

    @Test
    void shouldRefreshOnceWithTheSameBody() {
        Answer put = require(
                201, api.put(DOCS + "?id=fresh/1", due("@refresh", Instant.now().minusSeconds(5))));

        await().atMost(PATIENCE).until(() -> {
            Map<String, Object> read = api.get(DOCS + "?id=fresh/1").document();
            return metadata(read, "@refresh") == null
                    && !metadata(read, "@change-vector").equals(put.text("ChangeVector"));
        });

        assertThat(api.get(DOCS + "?id=fresh/1").document()).containsEntry("n", 1L);
    }

    @Test
    void shouldRemoveCompareExchangeValueThatExpires() {
        String path = BASE + "/cmpxchg?key=lease";
        String value =
                "{\"Object\":1,\"@metadata\":{\"@expires\":\"" + Instant.now().plusSeconds(3) + "\"}}";
        require(200, api.put(path + "&index=0", value));
        require(200, api.get(path));

        await().atMost(PATIENCE).until(() -> nodes.api(2).get(path).status() == 404);

        assertThat(api.put(path + "&index=0", "{\"Object\":2}").json()).containsEntry("Successful", true);
    }

    @Test
    void shouldKeepRevisionsAsConfiguredAndRevert() {
        String policy = "{\"Collections\":{\"Plans\":{\"MinimumRevisionsToKeep\":3}}}";
        require(200, api.post(BASE + "/admin/revisions/config", policy));
        assertThat(nodes.api(1).get(BASE + "/revisions/config").body()).contains("\"MinimumRevisionsToKeep\":3");
        for (int n = 1; n <= 5; n++) {
            String body = "{\"n\":" + n + ",\"@metadata\":{\"@collection\":\"Plans\"}}";
            require(201, nodes.api(n % 3).put(DOCS + "?id=plans/1", body));
        }

        Answer all = require(200, nodes.api(1).get(BASE + "/revisions?id=plans/1"));
        assertThat(all.list("Results")).extracting(found -> found.get("n")).containsExactly(5L, 4L, 3L);
        assertThat(all.number("TotalResults")).isEqualTo(3);
        assertThat(api.get(BASE + "/revisions/count?id=plans/1").number("RevisionsCount"))
                .isEqualTo(3);
        String vector = (String) metadata(all.list("Results").get(2), "@change-vector");
        Answer third = require(200, nodes.api(2).get(BASE + "/revisions?changeVector=" + Api.encoded(vector)));
        assertThat(third.document()).containsEntry("n", 3L);
        assertThat(api.get(BASE + "/revisions?id=plans/1&before=2020-01-01T00:00:00.0000000Z")
                        .list("Results"))
                .isEmpty();
        require(404, api.get(BASE + "/revisions?changeVector=A%3A999999"));

        require(201, api.put(DOCS + "?id=plans/1", Json.of(third.document()).toString()));
        assertThat(api.get(DOCS + "?id=plans/1").document()).containsEntry("n", 3L);
        require(204, api.delete(DOCS + "?id=plans/1"));
        Map<String, Object> newest =
                api.get(BASE + "/revisions?id=plans/1").list("Results").get(0);
        assertThat(metadata(newest, "@flags")).isEqualTo("HasRevisions, DeleteRevision");
    }

    @Test
    void shouldSayWhatThereIsAndWhatIsHeld() {
        require(201, api.put(DOCS + "?id=counted/1", "{\"@metadata\":{\"@collection\":\"Counted\"}}"));
        require(201, api.put(DOCS + "?id=counted/2", "{\"@metadata\":{\"@collection\":\"Counted\"}}"));
        require(204, api.delete(DOCS + "?id=counted/2"));

        Answer stats = require(200, nodes.api(1).get(BASE + "/stats"));
        assertThat(stats.json()).containsEntry("CountOfIndexes", 0L).containsEntry("Indexes", List.of());
        assertThat(((Map<?, ?>) stats.json().get("Collections")).get("Counted")).isEqualTo(1L);
        assertThat(stats.number("CountOfDocuments")).isPositive();
        assertThat(stats.number("CountOfTombstones")).isPositive();
        assertThat(stats.text("DatabaseChangeVector")).isEqualTo("A:" + stats.number("LastDocEtag"));

        Answer held = require(200, nodes.api(2).get(BASE + "/admin/tombstones/state"));
        assertThat(held.number("MinAllDocsEtag")).isZero();
        assertThat(held.json().get("Holding").toString()).contains("24 hours for readers of the feed from outside");
        assertThat(api.get("/cluster").number("featureLevel")).isEqualTo(5);
    }

    @Test
    void shouldRefuseWhatIsNoTimeAndNoSetting() {
        for (String time : List.of("\"soon\"", "7", "\"2020-13-01T00:00:00Z\"", "{}", "\"\"")) {
            Answer refused = api.put(DOCS + "?id=bad", "{\"@metadata\":{\"@expires\":" + time + "}}");
            assertThat(refused.status()).as(time).isEqualTo(400);
            assertThat(refused.text("message")).contains("Expected a time like");
        }
        String config = BASE + "/admin/expiration/config";
        for (String bad : List.of("{\"Disabled\":1}", "{\"DeleteFrequencyInSec\":0}", "{\"Frequency\":1}", "[]")) {
            require(400, api.post(config, bad));
        }
        String age = "{\"Collections\":{\"A\":{\"MinimumRevisionAgeToKeep\":\"soon\"}}}";
        require(400, api.post(BASE + "/admin/revisions/config", age));
        require(404, api.post("/databases/none/admin/expiration/config", "{}"));
        assertThat(require(200, api.get(BASE + "/expiration/config")).json())
                .containsEntry("Disabled", false)
                .containsEntry("DeleteFrequencyInSec", 1L);
    }
}
