package io.rookery.server.http;

import io.rookery.api.ErrorCode;
import io.rookery.api.Json;
import io.rookery.api.RookeryException;
import io.rookery.cluster.ClusterNode;
import io.rookery.server.backup.Backups;
import io.rookery.server.backup.RestoreRequest;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * {@code /databases/{db}/backup} and {@code /restore}. The node that is asked does the work, in its own folder; what is
 * running and what is there is asked of all nodes.
 */
final class BackupResource {
    private static final String STATE = "@backups";
    private static final long PATIENCE_SECONDS = 10;

    private final ClusterNode node;
    private final Backups backups;
    private final Shards shards;

    BackupResource(ClusterNode node, Backups backups, Shards shards) {
        this.node = node;
        this.backups = backups;
        this.shards = shards;
        node.messenger().handle(STATE, question -> {
            String database = Json.parse(question).value().toString();
            return backups.later(() -> Json.of(here(database)).bytes());
        });
    }

    void addTo(Routes routes) {
        routes.add("POST", "/databases/{db}/backup", Routes.Pool.ADMIN, this::backup);
        routes.add(
                "DELETE",
                "/databases/{db}/backup",
                Routes.Pool.ADMIN,
                ask -> backups.later(() -> {
                    backups.giveUp(ask.path("db"));
                    return Reply.status(204);
                }));
        routes.add("GET", "/databases/{db}/backup", Routes.Pool.ADMIN, ask -> state(ask.path("db")));
        routes.add("POST", "/databases/{db}/backup/verify", Routes.Pool.ADMIN, this::verify);
        routes.add("POST", "/databases/{db}/restore", Routes.Pool.ADMIN, this::restore);
        routes.add("GET", "/databases/{db}/restore", Routes.Pool.ADMIN, this::restored);
    }

    private CompletableFuture<Reply> backup(Ask ask) {
        boolean incremental =
                switch (ask.query("kind").orElse("full")) {
                    case "full" -> false;
                    case "incremental" -> true;
                    default ->
                        throw new RookeryException(
                                ErrorCode.BAD_REQUEST,
                                "Expected full or incremental for 'kind' but found '" + ask.required("kind") + "'");
                };
        return accepted(() -> backups.backup(shards.known(ask.path("db")), incremental));
    }

    private CompletableFuture<Reply> verify(Ask ask) {
        return accepted(() -> backups.verify(ask.path("db"), ask.query("backup").orElse(null)));
    }

    private CompletableFuture<Reply> restore(Ask ask) {
        String to = ask.path("db");
        boolean both = ask.query("sequence").isPresent() && ask.query("time").isPresent();
        if (both) {
            throw new RookeryException(ErrorCode.BAD_REQUEST, "Expected 'sequence' or 'time' but found both");
        }
        RestoreRequest request = new RestoreRequest(
                to,
                (int) ask.number("replicas", 1, 1, 9),
                ask.query("shards")
                        .map(text -> (int) Ask.number("shards", 1, 16, text))
                        .orElse(null),
                ask.required("from"),
                ask.query("backup").orElse(null),
                ask.query("sequence")
                        .map(text -> Ask.number("sequence", 0, Long.MAX_VALUE, text))
                        .orElse(null),
                ask.query("time").map(BackupResource::time).orElse(null));
        return accepted(() -> backups.restore(request));
    }

    private static Long time(String text) {
        try {
            return Instant.parse(text).toEpochMilli();
        } catch (DateTimeParseException e) {
            throw new RookeryException(
                    ErrorCode.BAD_REQUEST,
                    "Expected a time like 2026-01-31T18:00:00Z for 'time' but found '" + text + "'",
                    e);
        }
    }

    private CompletableFuture<Reply> accepted(Supplier<Map<String, Object>> work) {
        return backups.later(() -> Reply.json(202, work.get()));
    }

    /** The note on the database says whether it is whole; the jobs, who is at it. */
    private CompletableFuture<Reply> restored(Ask ask) {
        String database = ask.path("db");
        return backups.restored(shards.of(ask).definition().name())
                .thenCompose(note -> ask(database).thenApply(seen -> {
                    Map<String, Object> json = new LinkedHashMap<>(note.orElseThrow(() -> new RookeryException(
                            ErrorCode.NOT_FOUND, "Database " + database + " does not come from a backup")));
                    List<Map<String, Object>> jobs = seen.jobs().stream()
                            .filter(job -> "restore".equals(job.get("kind")))
                            .toList();
                    boolean running = jobs.stream().anyMatch(job -> "RUNNING".equals(job.get("state")));
                    if ("RUNNING".equals(json.get("state")) && !running) {
                        json.put("state", "INTERRUPTED");
                    }
                    json.put("jobs", jobs);
                    return Reply.json(json);
                }));
    }

    private CompletableFuture<Reply> state(String database) {
        return ask(database).thenApply(seen -> {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("database", database);
            json.put("jobs", seen.jobs());
            json.put("backups", seen.backups());
            json.put("problems", seen.problems());
            return Reply.json(json);
        });
    }

    /** Of all nodes that answer. */
    private record Seen(
            List<Map<String, Object>> jobs, List<Map<String, Object>> backups, List<Map<String, Object>> problems) {
        /** Nodes that share a place show the same backups. */
        @SuppressWarnings("unchecked")
        void add(Map<String, Object> answer) {
            jobs.addAll((List<Map<String, Object>>) answer.get("jobs"));
            problems.addAll((List<Map<String, Object>>) answer.getOrDefault("problems", List.of()));
            for (Map<String, Object> backup : (List<Map<String, Object>>) answer.get("backups")) {
                if (backups.stream().noneMatch(known -> known.get("id").equals(backup.get("id")))) {
                    backups.add(backup);
                }
            }
        }
    }

    private CompletableFuture<Seen> ask(String database) {
        Map<String, CompletableFuture<byte[]>> answers = new TreeMap<>();
        byte[] question = Json.of(database).bytes();
        for (String tag : node.topology().nodes().keySet()) {
            answers.put(
                    tag,
                    node.messenger()
                            .ask(tag, STATE, question)
                            .completeOnTimeout(null, PATIENCE_SECONDS, TimeUnit.SECONDS)
                            .exceptionally(failure -> null));
        }
        return CompletableFuture.allOf(answers.values().toArray(CompletableFuture[]::new))
                .thenApply(all -> {
                    Seen seen = new Seen(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
                    answers.values().stream()
                            .map(CompletableFuture::join)
                            .filter(answer -> answer != null)
                            .forEach(answer -> seen.add(Json.parse(answer).asObject()));
                    return seen;
                });
    }

    private Map<String, Object> here(String database) {
        List<Map<String, Object>> found = new ArrayList<>();
        List<Map<String, Object>> problems = new ArrayList<>();
        if (backups.isConfigured()) {
            try {
                backups.list(database).forEach(backup -> {
                    backup.put("node", node.tag());
                    found.add(backup);
                });
            } catch (RookeryException e) {
                problems.add(Map.of("node", node.tag(), "message", String.valueOf(e.getMessage())));
            }
        }
        return Map.of("jobs", backups.jobs(database), "backups", found, "problems", problems);
    }
}
