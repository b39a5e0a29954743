package io.rookery.server.http;

import io.rookery.api.Json;
import io.rookery.etl.task.ConnectionDefinition;
import io.rookery.server.tasks.Catalog;
import io.rookery.server.tasks.TaskAdministration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** {@code /connections} and {@code /secrets}. A secret's value goes in and never comes out. */
final class ConnectionsResource {
    private final Catalog catalog;
    private final TaskAdministration tasks;

    ConnectionsResource(Catalog catalog, TaskAdministration tasks) {
        this.catalog = catalog;
        this.tasks = tasks;
    }

    void addTo(Routes routes) {
        routes.add("GET", "/connections", Routes.Pool.ADMIN, ask -> list());
        routes.add("GET", "/connections/{name}", Routes.Pool.ADMIN, this::get);
        routes.add("PUT", "/connections/{name}", Routes.Pool.ADMIN, this::put);
        routes.add("DELETE", "/connections/{name}", Routes.Pool.ADMIN, this::delete);
        routes.add("POST", "/connections/{name}/check", Routes.Pool.ADMIN, this::check);
        routes.add("GET", "/secrets", Routes.Pool.ADMIN, ask -> secrets());
        routes.add("PUT", "/secrets/{name}", Routes.Pool.ADMIN, this::putSecret);
        routes.add("DELETE", "/secrets/{name}", Routes.Pool.ADMIN, this::deleteSecret);
    }

    private CompletableFuture<Reply> list() {
        return catalog.fence()
                .thenApply(ready -> Reply.json(Map.of(
                        "connections",
                        catalog.connections().stream()
                                .map(connection -> Map.of("name", connection.name(), "kind", connection.kind()))
                                .toList())));
    }

    private CompletableFuture<Reply> get(Ask ask) {
        return catalog.fence()
                .thenApply(ready -> Reply.json(json(catalog.requireConnection(Routes.decoded(ask, "name")))));
    }

    private static Map<String, Object> json(ConnectionDefinition connection) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", connection.name());
        json.put("kind", connection.kind());
        json.put("settings", hidden(connection.settings().plain()));
        return json;
    }

    /** A password that was written into the connection itself is shown as little as one that is a secret. */
    private static Object hidden(Object settings) {
        if (!(settings instanceof Map<?, ?> map)) {
            return settings;
        }
        Map<String, Object> shown = new LinkedHashMap<>();
        map.forEach((key, value) -> {
            boolean secret = ((String) key).toLowerCase(java.util.Locale.ROOT).matches(".*(password|secret|token).*");
            boolean reference = value instanceof String text && text.matches("\\$\\{[^}]*}");
            shown.put((String) key, secret && !reference ? "***" : hidden(value));
        });
        return shown;
    }

    private CompletableFuture<Reply> put(Ask ask) {
        return tasks.putConnection(Routes.decoded(ask, "name"), ask.text())
                .thenApply(connection -> Reply.json(Map.of("name", connection.name(), "kind", connection.kind())));
    }

    private CompletableFuture<Reply> delete(Ask ask) {
        return catalog.fence()
                .thenCompose(ready -> catalog.deleteConnection(Routes.decoded(ask, "name")))
                .thenApply(done -> Reply.status(204));
    }

    private CompletableFuture<Reply> check(Ask ask) {
        return tasks.check(Routes.decoded(ask, "name"))
                .thenApply(problems -> Reply.json(Map.of("ok", problems.isEmpty(), "messages", problems)));
    }

    private CompletableFuture<Reply> secrets() {
        return catalog.fence().thenApply(ready -> {
            List<String> names = catalog.secretNames();
            return Reply.raw(200, Json.of(Map.of("secrets", names)).bytes());
        });
    }

    private CompletableFuture<Reply> putSecret(Ask ask) {
        return catalog.putSecret(Routes.decoded(ask, "name"), ask.text()).thenApply(done -> Reply.status(204));
    }

    private CompletableFuture<Reply> deleteSecret(Ask ask) {
        return catalog.fence()
                .thenCompose(ready -> catalog.deleteSecret(Routes.decoded(ask, "name")))
                .thenApply(done -> Reply.status(204));
    }
}
