package io.rookery.server.cli;

import io.rookery.api.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a rollout did or would do: as text while it goes on, or as one JSON document at its end. Problems go to standard error. */
final class RolloutReport {
    private final ApiOptions api;
    private final List<Object> connections = new ArrayList<>();
    private final List<Object> tasks = new ArrayList<>();
    private final List<Object> problems = new ArrayList<>();
    private ExitCode exitCode = ExitCode.OK;

    RolloutReport(ApiOptions api) {
        this.api = api;
    }

    void connection(Definitions.Connection connection, String difference) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("file", connection.file());
        entry.put("connection", connection.definition().name());
        entry.put("kind", connection.definition().kind());
        entry.put("difference", difference);
        connections.add(entry);
        line("connection " + connection.definition().name() + " ("
                + connection.definition().kind() + "): " + difference);
    }

    void task(Definitions.Task task, Json answer) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("file", task.file());
        entry.putAll(answer.asObject());
        tasks.add(entry);
        Fields fields = Fields.of(answer);
        String difference = fields.flag("created") ? "created" : fields.flag("changed") ? "changed" : "unchanged";
        String guarantee = fields.text("guarantee").replace('_', ' ');
        line("task " + task.definition().name() + ": " + difference + (guarantee.isEmpty() ? "" : ", " + guarantee));
        fields.texts("notes").forEach(note -> line("  note: " + note));
        List<String> statements = fields.texts("statements");
        if (!statements.isEmpty()) {
            line("  SQL to run:");
            statements.forEach(statement -> line("    " + statement.replace("\n", "\n    ")));
        }
    }

    void warnings(Json answer) {
        Fields.of(answer).texts("warnings").forEach(warning -> line("  warning: " + warning));
    }

    private void line(String text) {
        if (!api.json()) {
            api.out().println(text);
            api.out().flush();
        }
    }

    void problem(RuntimeException failure) {
        problems.add(Rollout.problem(failure));
        api.err().println(Failure.describe(failure));
        if (problems.size() == 1) {
            exitCode = ExitCode.of(failure);
        }
    }

    boolean failed() {
        return !problems.isEmpty();
    }

    int finish() {
        if (api.json()) {
            Map<String, Object> document = new LinkedHashMap<>();
            document.put("connections", connections);
            document.put("tasks", tasks);
            document.put("problems", problems);
            api.out().println(Json.of(document));
        }
        api.out().flush();
        return exitCode.number();
    }
}
