package io.rookery.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.rookery.server.blackbox.Answer;
import io.rookery.server.blackbox.Api;
import java.time.Duration;
import java.util.Map;

/** Asks a node for backups and restores, of the database {@code shop} where none is named, and waits until they are done. */
record BackupJobs(Api api) {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    String backup(String kind) {
        return backup("shop", kind);
    }

    String backup(String database, String kind) {
        Answer begun = post(database, "/backup?kind=" + kind);
        assertThat(begun.status()).as(begun.toString()).isEqualTo(202);
        awaitJob(database, "backup", "DONE");
        return begun.text("backup");
    }

    void restore(String database, String query) {
        restore("shop", database, query);
    }

    void restore(String from, String database, String query) {
        Answer begun = post(database, "/restore?from=" + from + query);
        assertThat(begun.status()).as(begun.toString()).isEqualTo(202);
        awaitJob(database, "restore", "DONE");
    }

    /** Its message. */
    String awaitJob(String database, String kind, String state) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(job(database, kind)).containsEntry("state", state));
        return String.valueOf(job(database, kind).get("message"));
    }

    Map<String, Object> job(String database, String kind) {
        return api.get("/databases/" + database + "/backup").list("jobs").stream()
                .filter(job -> kind.equals(job.get("kind")))
                .findFirst()
                .orElse(Map.of());
    }

    Answer post(String database, String path) {
        return api.post("/databases/" + database + path, "");
    }
}
