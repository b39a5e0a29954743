package io.rookery.server.tasks;

import io.rookery.api.ErrorCode;
import io.rookery.api.Json;
import io.rookery.api.RookeryException;
import io.rookery.cluster.ClusterNode;
import io.rookery.cluster.topology.Topology;
import io.rookery.etl.route.ParkedChange;
import io.rookery.etl.route.ReplayFrom;
import io.rookery.etl.route.TaskHost;
import io.rookery.etl.route.TaskStatus;
import io.rookery.etl.route.UnitRunner;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * What only the node that runs a task can tell or do. Any node takes the question and passes it to the owner over the
 * cluster's own connections.
 */
public final class TaskQuestions {
    private static final String STATUSES = "@task-statuses";
    private static final String ACT = "@task-act";
    private static final long STATUS_SECONDS = 3;

    private final ClusterNode node;
    private final TaskHost host;

    public TaskQuestions(ClusterNode node, TaskHost host) {
        this.node = node;
        this.host = host;
        node.messenger().handle(STATUSES, question -> CompletableFuture.completedFuture(statusesHere()));
        node.messenger().handle(ACT, question -> act(Json.parse(question).asObject())
                .thenApply(answer -> Json.of(answer).bytes()));
    }

    /** The statuses of all tasks, by task; those of owners that do not answer within seconds are missing. */
    public CompletableFuture<Map<String, Map<String, Object>>> statuses() {
        return statuses(node.topology().assignments().values().stream()
                .map(Topology.Assignment::node)
                .distinct()
                .toList());
    }

    /** Of what runs on this node. */
    public List<TaskStatus> here() {
        return host.statuses();
    }

    /** What runs on any node, whoever it is assigned to. */
    CompletableFuture<Map<String, Map<String, Object>>> everywhere() {
        return statuses(List.copyOf(node.topology().nodes().keySet()));
    }

    private CompletableFuture<Map<String, Map<String, Object>>> statuses(List<String> owners) {
        List<CompletableFuture<byte[]>> answers = new ArrayList<>();
        for (String owner : owners) {
            answers.add(node.messenger()
                    .ask(owner, STATUSES, new byte[0])
                    .completeOnTimeout(null, STATUS_SECONDS, TimeUnit.SECONDS)
                    .exceptionally(failure -> null));
        }
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .thenApply(all -> {
                    Map<String, Map<String, Object>> byTask = new LinkedHashMap<>();
                    answers.stream().map(CompletableFuture::join).forEach(answer -> add(answer, byTask));
                    return byTask;
                });
    }

    /** A former owner may still stop the unit: the answer of the highest epoch is the task's. */
    private static void add(byte[] answer, Map<String, Map<String, Object>> byTask) {
        if (answer == null) {
            return;
        }
        Json.parse(answer).asObject().forEach((task, status) -> {
            @SuppressWarnings("unchecked")
            Map<String, Object> found = (Map<String, Object>) status;
            byTask.merge(
                    task, found, (one, other) -> (Long) one.get("epoch") >= (Long) other.get("epoch") ? one : other);
        });
    }

    private byte[] statusesHere() {
        Map<String, Object> statuses = new LinkedHashMap<>();
        host.statuses().forEach(status -> statuses.put(status.task(), json(status)));
        return Json.of(statuses).bytes();
    }

    private static Map<String, Object> json(TaskStatus status) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("state", status.state().name());
        json.put("epoch", status.epoch());
        json.put("checkpoint", status.sequence());
        json.put("head", status.head());
        json.put("lagChanges", status.lagChanges());
        json.put("lagSeconds", status.lagSeconds());
        json.put("rate", Math.round(status.rate() * 10) / 10.0);
        json.put("delivered", status.delivered());
        json.put("parked", status.parked());
        json.put("guarantee", status.guarantee().name().toLowerCase(java.util.Locale.ROOT));
        json.put("since", status.since());
        json.put(
                "lastError",
                status.problem()
                        .map(problem -> Map.<String, Object>of(
                                "code", problem.code().name(), "message", problem.message(), "at", problem.at()))
                        .orElse(null));
        return json;
    }

    public CompletableFuture<Map<String, Object>> parked(StoredTask task, String after, int limit) {
        Map<String, Object> question = question(task, "parked");
        question.put("after", after);
        question.put("limit", limit);
        return ask(task, question);
    }

    /** @param id of a document; null for all */
    public CompletableFuture<Map<String, Object>> retry(StoredTask task, String id) {
        Map<String, Object> question = question(task, "retry");
        question.put("id", id);
        return ask(task, question);
    }

    /** @param sequence 0 for all parked changes of the document */
    public CompletableFuture<Map<String, Object>> skip(StoredTask task, String id, long sequence) {
        Map<String, Object> question = question(task, "skip");
        question.put("id", id);
        question.put("sequence", sequence);
        return ask(task, question);
    }

    public CompletableFuture<Map<String, Object>> edit(StoredTask task, String id, long sequence, Json document) {
        Map<String, Object> question = question(task, "edit");
        question.put("id", id);
        question.put("sequence", sequence);
        question.put("document", document);
        return ask(task, question);
    }

    public CompletableFuture<Map<String, Object>> replay(StoredTask task, String from) {
        ReplayFrom.parse(from);
        Map<String, Object> question = question(task, "replay");
        question.put("from", from);
        return ask(task, question);
    }

    public CompletableFuture<Map<String, Object>> resync(StoredTask task) {
        return ask(task, question(task, "resync"));
    }

    /** Goes on after a stop or a failure. */
    CompletableFuture<Map<String, Object>> resume(StoredTask task) {
        return ask(task, question(task, "resume"));
    }

    private static Map<String, Object> question(StoredTask task, String action) {
        Map<String, Object> question = new LinkedHashMap<>();
        question.put("action", action);
        question.put("task", task.name());
        return question;
    }

    private CompletableFuture<Map<String, Object>> ask(StoredTask task, Map<String, Object> question) {
        Topology.Assignment owner = node.topology().assignments().get(task.unit());
        if (owner == null) {
            return CompletableFuture.failedFuture(new RookeryException(
                    ErrorCode.UNAVAILABLE, "The task '" + task.name() + "' is not assigned to a node yet"));
        }
        return node.messenger()
                .ask(owner.node(), ACT, Json.of(question).bytes())
                .thenApply(answer -> Json.parse(answer).asObject());
    }

    private CompletableFuture<Map<String, Object>> act(Map<String, Object> question) {
        String task = (String) question.get("task");
        String id = (String) question.get("id");
        UnitRunner runner = host.find(task)
                .orElseThrow(() -> new RookeryException(
                        ErrorCode.UNAVAILABLE,
                        "Node " + node.tag() + " does not run the task '" + task + "' at this moment"));
        String action = (String) question.get("action");
        return switch (action) {
            case "parked" -> CompletableFuture.completedFuture(parkedPage(runner, question));
            case "retry" -> runner.retry(task, id).thenApply(count -> Map.of("delivered", count));
            case "skip" ->
                runner.skip(task, id, number(question, "sequence")).thenApply(count -> Map.of("skipped", count));
            case "edit" ->
                runner.edit(task, id, number(question, "sequence"), Json.of(question.get("document")))
                        .thenApply(done -> Map.of("edited", id));
            case "replay" ->
                runner.replay(task, ReplayFrom.parse((String) question.get("from")))
                        .thenApply(sequence -> Map.of("sequence", sequence));
            case "resync" -> runner.resync(task).thenApply(done -> Map.of("resync", task));
            case "resume" -> {
                runner.resume(task);
                yield CompletableFuture.completedFuture(Map.of());
            }
            default -> throw new RookeryException(ErrorCode.NOT_SUPPORTED, "This node does not know '" + action + "'");
        };
    }

    /** With the token of the next page, while there may be one. */
    private static Map<String, Object> parkedPage(UnitRunner runner, Map<String, Object> question) {
        String task = (String) question.get("task");
        int limit = number(question, "limit").intValue();
        List<ParkedChange> page = runner.parked(task, (String) question.get("after"), limit);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("parked", page.stream().map(ParkedChange::toJson).toList());
        json.put("next", page.size() < limit ? null : page.get(limit - 1).key(task));
        return json;
    }

    private static Long number(Map<String, Object> question, String name) {
        return (Long) question.get(name);
    }
}
