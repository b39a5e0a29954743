package io.rookery.server.http;

import io.rookery.server.tasks.Catalog;
import io.rookery.server.tasks.StoredTask;
import io.rookery.server.tasks.TaskQuestions;
import java.util.concurrent.CompletableFuture;

/** {@code /tasks/{task}/parked}: the changes that wait; ids in the path are percent-encoded, {@code *} is every document. */
final class ParkedResource {
    private static final String ALL = "*";

    private final Catalog catalog;
    private final TaskQuestions questions;

    ParkedResource(Catalog catalog, TaskQuestions questions) {
        this.catalog = catalog;
        this.questions = questions;
    }

    void addTo(Routes routes) {
        String path = "/tasks/{task}/parked";
        routes.add("GET", path, Routes.Pool.ADMIN, this::list);
        routes.add("POST", path + "/{id}/retry", Routes.Pool.ADMIN, this::retry);
        routes.add("POST", path + "/{id}/skip", Routes.Pool.ADMIN, this::skip);
        routes.add("PUT", path + "/{id}", Routes.Pool.ADMIN, this::edit);
    }

    private CompletableFuture<StoredTask> task(Ask ask) {
        return catalog.fence().thenApply(ready -> catalog.requireTask(ask.path("task")));
    }

    private CompletableFuture<Reply> list(Ask ask) {
        String after = ask.query("after").orElse(null);
        int limit = (int) ask.number("limit", 100, 1, 1_000);
        return task(ask)
                .thenCompose(task -> questions.parked(task, after, limit))
                .thenApply(Reply::json);
    }

    private CompletableFuture<Reply> retry(Ask ask) {
        String id = Routes.decoded(ask, "id");
        return task(ask)
                .thenCompose(task -> questions.retry(task, id.equals(ALL) ? null : id))
                .thenApply(Reply::json);
    }

    private CompletableFuture<Reply> skip(Ask ask) {
        long sequence = ask.number("sequence", 0, 0, Long.MAX_VALUE);
        return task(ask)
                .thenCompose(task -> questions.skip(task, Routes.decoded(ask, "id"), sequence))
                .thenApply(Reply::json);
    }

    private CompletableFuture<Reply> edit(Ask ask) {
        long sequence = ask.number("sequence", 0, 0, Long.MAX_VALUE);
        var document = ask.json();
        document.asObject();
        return task(ask)
                .thenCompose(task -> questions.edit(task, Routes.decoded(ask, "id"), sequence, document))
                .thenApply(Reply::json);
    }
}
