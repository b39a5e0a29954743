package io.rookery.server.cli;

import io.rookery.api.ErrorCode;
import io.rookery.api.Json;
import io.rookery.api.RookeryException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Brings definitions to the cluster: connections, then tasks. Nothing is sent when one of the files is wrong. */
final class Rollout {
    private static final Pattern PLACE = Pattern.compile("[^\\s:]+:(\\d+):(\\d+): (.*)", Pattern.DOTALL);

    private final ApiOptions api;
    private final ApiClient client;
    private final String database;

    Rollout(ApiOptions api, String database) {
        this.api = api;
        this.client = api.client();
        this.database = database;
    }

    /** Says what applying would do, of everything, and changes nothing. */
    int plan(Definitions definitions) {
        RolloutReport report = new RolloutReport(api);
        definitions.problems().forEach(report::problem);
        if (!report.failed()) {
            definitions.connections().forEach(connection -> report.connection(connection, difference(connection)));
            definitions.tasks().forEach(task -> plan(definitions, task, report));
        }
        return report.finish();
    }

    private void plan(Definitions definitions, Definitions.Task task, RolloutReport report) {
        try {
            Json answer = put(task, true);
            report.task(task, answer);
            // what a node warns of in a plan keeps the task from running
            Fields.of(answer)
                    .texts("warnings")
                    .forEach(warning -> report.problem(new RookeryException(
                            ErrorCode.BAD_TASK,
                            task.file() + ": task " + task.definition().name() + ": " + warning)));
        } catch (ApiException e) {
            if (e.passing()) {
                throw e;
            }
            report.problem(
                    isNew(task.definition().connection(), definitions)
                            ? e.withMessage(e.getMessage() + "; these files define the connection '"
                                    + task.definition().connection()
                                    + "': 'rookery connections apply' stores it before the tasks are planned")
                            : e);
        }
    }

    private boolean isNew(String connection, Definitions definitions) {
        return definitions.connections().stream()
                .filter(defined -> defined.definition().name().equals(connection))
                .anyMatch(defined -> difference(defined).equals("created"));
    }

    private String difference(Definitions.Connection connection) {
        try {
            return StoredConnection.of(client.get(path(connection))).difference(connection.definition());
        } catch (ApiException e) {
            if (e.code().equals("NOT_FOUND")) {
                return "created";
            }
            throw e;
        }
    }

    /** Applies in order and ends at the first that is refused; what was applied before it stays. */
    int apply(Definitions definitions) {
        RolloutReport report = new RolloutReport(api);
        definitions.problems().forEach(report::problem);
        if (report.failed()) {
            return report.finish();
        }
        try {
            for (Definitions.Connection connection : definitions.connections()) {
                client.put(
                        path(connection),
                        Body.json(Json.parse(connection.definition().text())));
                report.connection(connection, "applied");
            }
            for (Definitions.Task task : definitions.tasks()) {
                Json answer = put(task, false);
                report.task(task, answer);
                report.warnings(answer);
            }
        } catch (ApiException e) {
            report.problem(e);
        }
        return report.finish();
    }

    private static ApiPath path(Definitions.Connection connection) {
        return ApiPath.of(
                ConnectionsCommand.CONNECTIONS, connection.definition().name());
    }

    private Json put(Definitions.Task task, boolean dryRun) {
        ApiPath path = ApiPath.of("tasks", task.definition().name())
                .with("database", database)
                .with("dryRun", dryRun ? true : null);
        try {
            return client.put(path, Body.yaml(task.definition().text()));
        } catch (ApiException e) {
            throw e.withMessage(inFile(task, e.getMessage()));
        }
    }

    /** The node sees one task alone; the user looks for the line in the file. */
    private static String inFile(Definitions.Task task, String message) {
        Matcher place = PLACE.matcher(message);
        return place.matches()
                ? task.file() + ':' + (Integer.parseInt(place.group(1)) + task.linesAbove()) + ':' + place.group(2)
                        + ": " + place.group(3)
                : task.file() + ": task " + task.definition().name() + ": " + message;
    }

    /** One problem, as {@code --json} shows it. */
    static Map<String, Object> problem(RuntimeException failure) {
        Map<String, Object> problem = new LinkedHashMap<>();
        problem.put(
                "code",
                failure instanceof ApiException refused
                        ? refused.code()
                        : ((RookeryException) failure).code().name());
        problem.put("message", failure.getMessage());
        return problem;
    }
}
