package io.rookery.server.http;

import io.rookery.api.Json;
import io.rookery.server.RecentLog;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * {@code GET /admin/debug/info-package}: what somebody who helps needs to know of this node, as a zip. What other routes
 * answer is taken from them, so that what they do not show is not in it either; bodies and secrets never are.
 */
final class SupportResource {
    private static final long PATIENCE_SECONDS = 5;

    private final NodeParts parts;
    private final Routes routes;

    SupportResource(NodeParts parts, Routes routes) {
        this.parts = parts;
        this.routes = routes;
    }

    void addTo(Routes added) {
        added.add("GET", "/admin/debug/info-package", Routes.Pool.ADMIN, ask -> bundle());
        added.add(
                "GET",
                "/debug/routes",
                Routes.Pool.ADMIN,
                Resource.now(ask -> Reply.json(Map.of("Routes", routes.list()))));
    }

    private CompletableFuture<Reply> bundle() {
        Map<String, CompletableFuture<byte[]>> files = new LinkedHashMap<>();
        answers().forEach((file, path) -> files.put(file, answer(path)));
        return CompletableFuture.allOf(files.values().toArray(CompletableFuture[]::new))
                .thenApplyAsync(all -> {
                    Map<String, byte[]> contents = new TreeMap<>();
                    files.forEach((file, answer) -> contents.put(file, answer.join()));
                    contents.put(
                            "configuration.json", Json.of(parts.configuration()).bytes());
                    contents.put("process.json", Json.of(process()).bytes());
                    contents.put("threads.txt", text(threads()));
                    contents.put("log.txt", text(String.join("", RecentLog.lines())));
                    return new Reply(200, "application/zip", Map.of(), zip(contents), null);
                });
    }

    /** Files of the bundle with the routes that they are answers of. */
    private Map<String, String> answers() {
        Map<String, String> answers = new LinkedHashMap<>();
        answers.put("cluster.json", "/cluster");
        answers.put("topology.json", "/cluster/topology");
        answers.put("ready.json", "/health/ready");
        answers.put("databases.json", "/databases");
        answers.put("tasks.json", "/tasks");
        answers.put("connections.json", "/connections");
        answers.put("metrics.txt", "/metrics");
        for (String database : parts.node().topology().databases().keySet()) {
            String base = "/databases/" + database;
            String folder = "databases/" + database;
            answers.put(folder + "/stats.json", base + "/stats");
            answers.put(folder + "/tombstones.json", base + "/admin/tombstones/state");
            for (String settings : List.of("expiration", "refresh", "revisions")) {
                answers.put(folder + '/' + settings + ".json", base + '/' + settings + "/config");
            }
        }
        return answers;
    }

    /** What the route answers now, or why it does not. */
    private CompletableFuture<byte[]> answer(String path) {
        Routes.Match match = routes.find("GET", path).orElseThrow();
        Ask ask = new Ask("GET", match.path(), Map.of("consistency", List.of("local")), name -> null, new byte[0]);
        CompletableFuture<Reply> reply;
        try {
            reply = match.resource().answer(ask);
        } catch (RuntimeException e) {
            reply = CompletableFuture.failedFuture(e);
        }
        return reply.thenApply(Reply::body)
                .completeOnTimeout(
                        text("No answer within " + PATIENCE_SECONDS + " s\n"), PATIENCE_SECONDS, TimeUnit.SECONDS)
                .exceptionally(failure -> text("No answer: " + failure.getMessage() + '\n'));
    }

    private Map<String, Object> process() {
        Runtime runtime = Runtime.getRuntime();
        Map<String, Object> process = new LinkedHashMap<>();
        process.put("node", parts.node().tag());
        process.put("time", DocumentBody.time(parts.clock().millis()));
        process.put("uptimeMillis", ManagementFactory.getRuntimeMXBean().getUptime());
        process.put("java", Runtime.version().toString());
        process.put("system", System.getProperty("os.name") + ' ' + System.getProperty("os.version"));
        process.put("processors", runtime.availableProcessors());
        process.put("loadAverage", ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
        process.put("heapUsed", runtime.totalMemory() - runtime.freeMemory());
        process.put("heapMost", runtime.maxMemory());
        return process;
    }

    private static String threads() {
        List<String> threads = new ArrayList<>();
        for (ThreadInfo thread : ManagementFactory.getThreadMXBean().dumpAllThreads(true, true)) {
            StringBuilder text = new StringBuilder(thread.getThreadName() + " " + thread.getThreadState());
            if (thread.getLockName() != null) {
                text.append(" on ").append(thread.getLockName());
            }
            for (StackTraceElement frame : thread.getStackTrace()) {
                text.append("\n    ").append(frame);
            }
            threads.add(text.append('\n').toString());
        }
        threads.sort(null);
        return String.join("\n", threads);
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] zip(Map<String, byte[]> contents) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            for (Map.Entry<String, byte[]> file : contents.entrySet()) {
                zip.putNextEntry(new ZipEntry(file.getKey()));
                zip.write(file.getValue());
                zip.closeEntry();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }
}
