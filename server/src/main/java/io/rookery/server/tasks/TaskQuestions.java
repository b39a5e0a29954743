package io.rookery.server.tasks;

import io.rookery.api.ErrorCode;
import io.rookery.api.Json;
import io.rookery.api.RookeryException;
import io.rookery.cluster.ClusterNode;
import io.rookery.cluster.topology.TaskUnit;
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
import java.util.Objects;
import java.util.TreeMap;
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
        node.messenger()
                .handle(STATUSES, question -> CompletableFuture.completedFuture(UnitStatuses.encoded(host.statuses())));
        node.messenger().handle(ACT, question -> act(Json.parse(question).asObject())
                .thenApply(answer -> Json.of(answer).bytes()));
    }

    /** The statuses of all tasks; those of owners that do not answer within seconds are missing. */
    public CompletableFuture<UnitStatuses> statuses() {
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
    CompletableFuture<UnitStatuses> everywhere() {
        return statuses(List.copyOf(node.topology().nodes().keySet()));
    }

    private CompletableFuture<UnitStatuses> statuses(List<String> owners) {
        List<CompletableFuture<byte[]>> answers = new ArrayList<>();
        for (String owner : owners) {
            answers.add(node.messenger()
                    .ask(owner, STATUSES, new byte[0])
                    .completeOnTimeout(null, STATUS_SECONDS, TimeUnit.SECONDS)
                    .exceptionally(failure -> null));
        }
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .thenApply(all -> {
                    UnitStatuses told = new UnitStatuses();
                    answers.stream()
                            .map(CompletableFuture::join)
                            .filter(Objects::nonNull)
                            .forEach(told::add);
                    return told;
                });
    }

    /** A page in the order of keys, over all shards. */
    public CompletableFuture<Map<String, Object>> parked(StoredTask task, String after, int limit) {
        Map<String, Object> question = question(task, "parked");
        question.put("after", after);
        question.put("limit", limit);
        return askAll(task, question).thenApply(pages -> new ParkedPages(task.name(), pages).merged(limit));
    }

    /** @param id of a document; null for all */
    public CompletableFuture<Map<String, Object>> retry(StoredTask task, String id) {
        Map<String, Object> question = question(task, "retry");
        question.put("id", id);
        return id == null
                ? askAll(task, question).thenApply(answers -> Map.of("delivered", sum(answers, "delivered")))
                : ask(task, id, question);
    }

    private static long sum(Map<Integer, Map<String, Object>> answers, String name) {
        return answers.values().stream()
                .mapToLong(answer -> number(answer, name))
                .sum();
    }

    /** @param sequence 0 for all parked changes of the document */
    public CompletableFuture<Map<String, Object>> skip(StoredTask task, String id, long sequence) {
        Map<String, Object> question = question(task, "skip");
        question.put("id", id);
        question.put("sequence", sequence);
        return ask(task, id, question);
    }

    public CompletableFuture<Map<String, Object>> edit(StoredTask task, String id, long sequence, Json document) {
        Map<String, Object> question = question(task, "edit");
        question.put("id", id);
        question.put("sequence", sequence);
        question.put("document", document);
        return ask(task, id, question);
    }

    /** Every shard's part goes back; a repetition after a failure has no other effect than one that is late. */
    public CompletableFuture<Map<String, Object>> replay(StoredTask task, String from) {
        boolean ofOneFeed = ReplayFrom.parse(from) instanceof ReplayFrom.Sequence;
        int shards = task.units(node.topology()).size();
        if (ofOneFeed && shards > 1) {
            throw new RookeryException(
                    ErrorCode.BAD_REQUEST,
                    "Expected start or a duration like 2h, as the database has " + shards
                            + " shards that count for themselves, but found '" + from + "'");
        }
        Map<String, Object> question = question(task, "replay");
        question.put("from", from);
        return askAll(task, question).thenApply(answers -> {
            if (shards == 1) {
                return answers.values().iterator().next();
            }
            Map<String, Object> places = new LinkedHashMap<>();
            answers.forEach((shard, answer) -> places.put(Integer.toString(shard), number(answer, "sequence")));
            return Map.of("sequences", places);
        });
    }

    public CompletableFuture<Map<String, Object>> resync(StoredTask task) {
        return askAll(task, question(task, "resync")).thenApply(TaskQuestions::any);
    }

    /** Goes on after a stop or a failure. */
    CompletableFuture<Map<String, Object>> resume(StoredTask task) {
        return askAll(task, question(task, "resume")).thenApply(TaskQuestions::any);
    }

    private static Map<String, Object> any(Map<Integer, Map<String, Object>> answers) {
        return answers.values().iterator().next();
    }

    private static Map<String, Object> question(StoredTask task, String action) {
        Map<String, Object> question = new LinkedHashMap<>();
        question.put("action", action);
        question.put("task", task.name());
        return question;
    }

    /** The unit that has the document's changes. */
    private CompletableFuture<Map<String, Object>> ask(StoredTask task, String id, Map<String, Object> question) {
        Topology topology = node.topology();
        List<TaskUnit> units = task.units(topology);
        int shard = units.size() == 1
                ? units.get(0).shard()
                : topology.databases().get(task.database()).slots().shardOf(id);
        return units.stream()
                .filter(unit -> unit.shard() == shard)
                .findFirst()
                .map(unit -> ask(task, unit, question))
                .orElseThrow();
    }

    /** All units at once, by shard; fails when one does, after all have answered. */
    private CompletableFuture<Map<Integer, Map<String, Object>>> askAll(StoredTask task, Map<String, Object> question) {
        Map<Integer, CompletableFuture<Map<String, Object>>> asked = new TreeMap<>();
        task.units(node.topology()).forEach(unit -> asked.put(unit.shard(), ask(task, unit, question)));
        return CompletableFuture.allOf(asked.values().toArray(CompletableFuture[]::new))
                .thenApply(done -> {
                    Map<Integer, Map<String, Object>> answers = new TreeMap<>();
                    asked.forEach((shard, answer) -> answers.put(shard, answer.join()));
                    return answers;
                });
    }

    private CompletableFuture<Map<String, Object>> ask(StoredTask task, TaskUnit unit, Map<String, Object> question) {
        Topology.Assignment owner = node.topology().assignments().get(unit.name());
        if (owner == null) {
            return CompletableFuture.failedFuture(new RookeryException(
                    ErrorCode.UNAVAILABLE,
                    "The task '" + task.name() + "'" + inShard(unit.shard()) + " is not assigned to a node yet"));
        }
        Map<String, Object> asked = new LinkedHashMap<>(question);
        if (unit.shard() > 0) {
            asked.put("shard", unit.shard());
        }
        return node.messenger().ask(owner.node(), ACT, Json.of(asked).bytes()).thenApply(answer -> Json.parse(answer)
                .asObject());
    }

    private static String inShard(int shard) {
        return shard == 0 ? "" : " in shard " + shard;
    }

    private CompletableFuture<Map<String, Object>> act(Map<String, Object> question) {
        String task = (String) question.get("task");
        String id = (String) question.get("id");
        int shard = question.get("shard") instanceof Long given ? given.intValue() : 0;
        UnitRunner runner = host.find(task, shard)
                .orElseThrow(() -> new RookeryException(
                        ErrorCode.UNAVAILABLE,
                        "Node " + node.tag() + " does not run the task '" + task + "'" + inShard(shard)
                                + " at this moment"));
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
