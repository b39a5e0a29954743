package io.rookery.server.http;

import io.rookery.cluster.ClusterNode;
import io.rookery.cluster.DatabaseSettings;
import io.rookery.cluster.SettingsJson;
import io.rookery.store.RevisionPolicy;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * What a database does with its documents by itself, by RavenDB's routes: {@code /databases/{db}/expiration/config},
 * {@code refresh}, {@code revisions}; set by a POST (or PUT) to the same under {@code admin/}.
 */
final class SettingsResource {
    private final ClusterNode node;
    private final Shards shards;

    SettingsResource(ClusterNode node, Shards shards) {
        this.node = node;
        this.shards = shards;
    }

    void addTo(Routes routes) {
        add(routes, "expiration", settings -> SettingsJson.expiration(settings.expiration()), json -> {
            DatabaseSettings.Schedule schedule = SettingsJson.expiration(json);
            return settings -> settings.withExpiration(schedule);
        });
        add(routes, "refresh", settings -> SettingsJson.refresh(settings.refresh()), json -> {
            DatabaseSettings.Schedule schedule = SettingsJson.refresh(json);
            return settings -> settings.withRefresh(schedule);
        });
        add(routes, "revisions", settings -> SettingsJson.revisions(settings.revisions()), json -> {
            RevisionPolicy policy = SettingsJson.revisions(json);
            return settings -> settings.withRevisions(policy);
        });
    }

    private void add(
            Routes routes,
            String what,
            Function<DatabaseSettings, Map<String, Object>> shown,
            Function<Map<String, Object>, UnaryOperator<DatabaseSettings>> change) {
        String path = "/databases/{db}/" + what + "/config";
        String admin = "/databases/{db}/admin/" + what + "/config";
        routes.add("GET", path, Routes.Pool.ADMIN, ask -> {
            shards.requireDatabase(ask);
            return node.system()
                    .fence()
                    .thenApply(ready -> Reply.json(shown.apply(node.records().settings(ask.path("db")))));
        });
        for (String method : new String[] {"POST", "PUT"}) {
            routes.add(
                    method,
                    admin,
                    Routes.Pool.ADMIN,
                    ask -> set(ask, change.apply(ask.json().asObject())));
        }
    }

    private CompletableFuture<Reply> set(Ask ask, UnaryOperator<DatabaseSettings> change) {
        shards.requireDatabase(ask);
        return node.records()
                .configure(ask.path("db"), change)
                .thenApply(index -> Reply.json(Map.of("RaftCommandIndex", index)));
    }
}
