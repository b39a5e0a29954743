package io.rookery.server.http;

import io.rookery.cluster.ClusterNode;
import io.rookery.cluster.topology.Decision;
import io.rookery.cluster.topology.Topology;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** {@code /cluster/supervisor}: what it decided and why, which replicas are in rehab; suspended and resumed. */
final class SupervisorResource {
    private final ClusterNode node;

    SupervisorResource(ClusterNode node) {
        this.node = node;
    }

    void addTo(Routes routes) {
        routes.add("GET", "/cluster/supervisor", Routes.Pool.ADMIN, Resource.now(ask -> Reply.json(supervisor())));
        routes.add("POST", "/cluster/supervisor/suspend", Routes.Pool.ADMIN, ask -> suspend(true));
        routes.add("POST", "/cluster/supervisor/resume", Routes.Pool.ADMIN, ask -> suspend(false));
    }

    private CompletableFuture<Reply> suspend(boolean suspended) {
        return node.suspendSupervisor(suspended).thenApply(done -> Reply.json(Map.of("suspended", suspended)));
    }

    private Map<String, Object> supervisor() {
        Topology.Supervision supervision = node.topology().supervision();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("suspended", supervision.suspended());
        json.put(
                "rehab",
                supervision.rehab().stream().map(SupervisorResource::json).toList());
        json.put(
                "decisions",
                node.decisions().stream().map(SupervisorResource::json).toList());
        return json;
    }

    private static Map<String, Object> json(Topology.Rehab rehab) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("database", rehab.database());
        json.put("shard", rehab.shard());
        json.put("tag", rehab.tag());
        json.put("since", rehab.since());
        json.put("why", rehab.why());
        return json;
    }

    private static Map<String, Object> json(Decision decision) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("number", decision.number());
        json.put("at", decision.at());
        json.put("what", decision.what());
        json.put("of", decision.of());
        json.put("why", decision.why());
        return json;
    }
}
