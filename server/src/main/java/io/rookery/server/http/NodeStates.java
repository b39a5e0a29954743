package io.rookery.server.http;

import io.rookery.api.Json;
import io.rookery.cluster.ClusterNode;
import io.rookery.cluster.ScrubResult;
import io.rookery.cluster.disk.Disk;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** What the nodes that answer say of themselves: their disks, and what is damaged on them. */
final class NodeStates {
    private static final String STATE = "@node-state";
    private static final long PATIENCE_SECONDS = 2;

    private final ClusterNode node;

    NodeStates(ClusterNode node) {
        this.node = node;
        node.messenger()
                .handle(
                        STATE,
                        question -> CompletableFuture.completedFuture(
                                Json.of(here()).bytes()));
    }

    /** By the tags of the nodes that answered. */
    CompletableFuture<Map<String, Map<String, Object>>> ask() {
        Map<String, CompletableFuture<byte[]>> answers = new TreeMap<>();
        for (String tag : node.topology().nodes().keySet()) {
            answers.put(
                    tag,
                    node.messenger()
                            .ask(tag, STATE, new byte[0])
                            .completeOnTimeout(null, PATIENCE_SECONDS, TimeUnit.SECONDS)
                            .exceptionally(failure -> null));
        }
        return CompletableFuture.allOf(answers.values().toArray(CompletableFuture[]::new))
                .thenApply(all -> {
                    Map<String, Map<String, Object>> states = new TreeMap<>();
                    answers.forEach((tag, answer) -> {
                        if (answer.join() != null) {
                            states.put(tag, Json.parse(answer.join()).asObject());
                        }
                    });
                    return states;
                });
    }

    private Map<String, Object> here() {
        Disk disk = node.disk();
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("free", disk.space().free());
        told.put("total", disk.space().total());
        told.put("state", disk.state().name());
        disk.reason().ifPresent(reason -> told.put("reason", reason));
        List<String> damage = Stream.concat(
                        node.replicas().stream()
                                .flatMap(store ->
                                        store
                                                .damage()
                                                .map(found -> store.status().database() + ": " + found)
                                                .stream()),
                        node.scrubbed().stream()
                                .filter(result -> result.state() == ScrubResult.State.DAMAGED)
                                .map(result -> result.database() + ": " + result.message()))
                .toList();
        return damage.isEmpty() ? Map.of("disk", told) : Map.of("disk", told, "damage", damage);
    }
}
