package io.rookery.server.http;

import io.rookery.cluster.ClusterNode;
import io.rookery.cluster.ReplicatedStore;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** {@code /health/live}: the process answers. {@code /health/ready}: it serves linearizable reads of all its shards now. */
final class HealthResource {
    private static final long PATIENCE_SECONDS = 2;

    private final ClusterNode node;

    HealthResource(ClusterNode node) {
        this.node = node;
    }

    void addTo(Routes routes) {
        routes.add(
                "GET",
                "/health/live",
                Routes.Pool.ADMIN,
                Resource.now(ask -> Reply.json(Map.of("live", true, "tag", node.tag()))));
        routes.add("GET", "/health/ready", Routes.Pool.ADMIN, ask -> ready());
    }

    private CompletableFuture<Reply> ready() {
        if (node.clusterId().isEmpty()) {
            return CompletableFuture.completedFuture(unready("Node " + node.tag() + " is not part of a cluster yet"));
        }
        return CompletableFuture.allOf(served().map(ReplicatedStore::fence).toArray(CompletableFuture[]::new))
                .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
                .handle((done, failure) -> failure == null
                        ? ready(node.disk().reason())
                        : unready(node.disk().reason().map(disk -> disk + "; ").orElse("") + reason(failure)));
    }

    /** A full disk does not keep it from reading. */
    private Reply ready(Optional<String> fullDisk) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("ready", true);
        body.put("tag", node.tag());
        body.put("writable", fullDisk.isEmpty());
        fullDisk.ifPresent(reason -> body.put("reason", reason));
        return Reply.json(body);
    }

    /** Not the shards of a database that was deleted just now: nobody leads them any more. */
    private Stream<ReplicatedStore> served() {
        return Stream.concat(Stream.of(node.system()), node.replicas().stream().filter(replica -> node.topology()
                .databases()
                .containsKey(replica.status().database())));
    }

    private static String reason(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause.getMessage() == null
                ? "Linearizable reads were not answered within " + PATIENCE_SECONDS + " s"
                : cause.getMessage();
    }

    private Reply unready(String reason) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("ready", false);
        body.put("tag", node.tag());
        body.put("reason", reason);
        return Reply.json(503, body).header("Retry-After", "1");
    }
}
