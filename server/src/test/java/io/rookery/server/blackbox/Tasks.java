package io.rookery.server.blackbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.core.ThrowingRunnable;

/** The tasks of one database over a node's HTTP API. */
public final class Tasks {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Api api;
    private final String database;

    public Tasks(Api api, String database) {
        this.api = api;
        this.database = database;
    }

    /** Waits until the assertion holds. */
    public static void soon(ThrowingRunnable assertion) {
        await().atMost(PATIENCE).ignoreExceptions().untilAsserted(assertion);
    }

    /** @param yaml of one task, {@code task:} first */
    public Answer put(String yaml) {
        Answer answer = api.put(path(name(yaml)) + "?database=" + database, yaml);
        assertThat(answer.isOk()).as(answer.toString()).isTrue();
        return answer;
    }

    public Answer plan(String yaml) {
        return api.put(path(name(yaml)) + "?dryRun=true&database=" + database, yaml);
    }

    private static String name(String yaml) {
        return yaml.lines().findFirst().orElseThrow().substring("task: ".length());
    }

    private static String path(String task) {
        return "/tasks/" + task;
    }

    public Answer post(String task, String action) {
        return api.post(path(task) + '/' + action, "");
    }

    public Map<String, Object> status(String task) {
        return api.get(path(task)).json();
    }

    public List<Map<String, Object>> parked(String task) {
        return api.get(path(task) + "/parked").list("parked");
    }

    /** Waits until the task is in one of these states, and gives its last error's code and message as one text. */
    public String awaitState(String task, String... states) {
        soon(() -> assertThat(List.of(states)).as(status(task).toString()).contains((String)
                status(task).get("state")));
        Map<?, ?> error = (Map<?, ?>) status(task).get("lastError");
        return error == null ? "" : error.get("code") + ": " + error.get("message");
    }

    /** Waits until the task has nothing left to do. */
    public void awaitCaughtUp(String task) {
        soon(() -> assertThat(status(task)).containsEntry("state", "RUNNING").containsEntry("lagChanges", 0L));
    }
}
