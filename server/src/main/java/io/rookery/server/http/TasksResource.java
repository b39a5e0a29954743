package io.rookery.server.http;

import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import io.rookery.server.tasks.StoredTask;
import io.rookery.server.tasks.TaskAdministration;
import io.rookery.server.tasks.TaskView;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** {@code /tasks}: put, read, pause, resume, move, replay, resync, delete; any node takes any of it. */
final class TasksResource {
    private final NodeParts parts;

    TasksResource(NodeParts parts) {
        this.parts = parts;
    }

    void addTo(Routes routes) {
        TaskAdministration tasks = parts.tasks();
        routes.add("GET", "/tasks", Routes.Pool.ADMIN, this::list);
        routes.add("GET", "/tasks/{task}", Routes.Pool.ADMIN, this::get);
        routes.add("PUT", "/tasks/{task}", Routes.Pool.ADMIN, this::put);
        routes.add("DELETE", "/tasks/{task}", Routes.Pool.ADMIN, done(ask -> tasks.delete(name(ask))));
        routes.add("POST", "/tasks/{task}/pause", Routes.Pool.ADMIN, done(ask -> tasks.pause(name(ask))));
        routes.add("POST", "/tasks/{task}/resume", Routes.Pool.ADMIN, done(ask -> tasks.resume(name(ask))));
        routes.add(
                "POST",
                "/tasks/{task}/move",
                Routes.Pool.ADMIN,
                done(ask -> tasks.move(name(ask), ask.required("to"), shard(ask))));
        routes.add("POST", "/tasks/{task}/replay", Routes.Pool.ADMIN, this::replay);
        routes.add("POST", "/tasks/{task}/resync", Routes.Pool.ADMIN, this::resync);
    }

    private static Resource done(Function<Ask, CompletableFuture<Void>> action) {
        return ask -> action.apply(ask).thenApply(nothing -> Reply.status(204));
    }

    private static OptionalInt shard(Ask ask) {
        return ask.query("shard").isEmpty()
                ? OptionalInt.empty()
                : OptionalInt.of((int) ask.number("shard", 0, 0, Integer.MAX_VALUE));
    }

    private static String name(Ask ask) {
        return ask.path("task");
    }

    private CompletableFuture<Reply> list(Ask ask) {
        Optional<String> database = ask.query("database");
        return parts.catalog()
                .fence()
                .thenCompose(ready -> parts.questions().statuses())
                .thenApply(statuses -> Reply.json(Map.of(
                        "tasks",
                        parts.catalog().tasks().stream()
                                .filter(task ->
                                        database.map(task.database()::equals).orElse(true))
                                .map(new TaskView(parts.node().topology(), statuses)::of)
                                .toList())));
    }

    private CompletableFuture<Reply> get(Ask ask) {
        return parts.catalog().fence().thenCompose(ready -> {
            StoredTask task = parts.catalog().requireTask(name(ask));
            return parts.questions().statuses().thenApply(statuses -> {
                Map<String, Object> json = new TaskView(parts.node().topology(), statuses).of(task);
                json.put("description", task.definition().description());
                json.put("revision", task.revision());
                json.put("text", task.definition().text());
                return Reply.json(json);
            });
        });
    }

    private CompletableFuture<Reply> put(Ask ask) {
        String database = ask.required("database");
        return ask.flag("dryRun")
                ? parts.tasks().plan(name(ask), database, ask.text()).thenApply(plan -> Reply.json(plan.toJson()))
                : parts.tasks()
                        .put(name(ask), database, ask.text())
                        .thenApply(plan -> Reply.json(plan.created() ? 201 : 200, plan.toJson()));
    }

    private CompletableFuture<Reply> replay(Ask ask) {
        String from = ask.required("from");
        return required(ask)
                .thenCompose(task -> parts.questions().replay(task, from))
                .thenApply(Reply::json);
    }

    private CompletableFuture<Reply> resync(Ask ask) {
        return required(ask).thenCompose(parts.questions()::resync).thenApply(Reply::json);
    }

    private CompletableFuture<StoredTask> required(Ask ask) {
        if (name(ask).length() > 63) {
            throw new RookeryException(ErrorCode.NOT_FOUND, "There is no task of so long a name");
        }
        return parts.catalog().fence().thenApply(ready -> parts.catalog().requireTask(name(ask)));
    }
}
