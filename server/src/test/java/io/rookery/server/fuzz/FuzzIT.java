package io.rookery.server.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.rookery.samples.servers.Ports;
import io.rookery.server.blackbox.Answer;
import io.rookery.server.blackbox.Api;
import io.rookery.server.blackbox.Nodes;
import io.rookery.server.blackbox.RawHttp;
import io.rookery.server.process.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Bad requests on every route that the node says it has: each is refused with 4xx and a code, none takes long, and nothing
 * is changed by any. {@code -Drookery.fuzz.requests=20000 -Drookery.fuzz.seed=7} for more, or others.
 */
final class FuzzIT {
    private static final int REQUESTS = Integer.getInteger("rookery.fuzz.requests", 2_000);
    private static final long SEED = Long.getLong("rookery.fuzz.seed", 1);
    private static final String HASH = "/databases/fuzz/state-hash";
    /** Whose answers must be the same before and after. */
    private static final List<String> STEADY = List.of(
            "/databases",
            "/connections",
            "/secrets",
            "/tasks",
            "/cluster/topology",
            "/databases/fuzz/docs",
            "/databases/fuzz/cmpxchg",
            "/databases/fuzz/debug/identities",
            "/databases/fuzz/expiration/config",
            "/databases/fuzz/refresh/config",
            "/databases/fuzz/revisions/config");

    @TempDir
    private static Path folder;

    @Test
    void shouldRefuseEveryBadRequestAndChangeNothing() throws IOException {
        try (ServerProcess node = start()) {
            Api api = new Api(node.url());
            assertThat(api.put("/databases/fuzz", "").status()).isEqualTo(201);
            assertThat(api.put("/databases/fuzz/docs?id=fuzz/1", "{\"a\":1}").status())
                    .isEqualTo(201);
            List<Map<String, Object>> routes = api.get("/debug/routes").list("Routes");
            assertThat(routes).hasSizeGreaterThan(50);
            List<String> before =
                    STEADY.stream().map(path -> api.get(path).body()).toList();
            Object hash = api.get(HASH).list("shards").get(0).get("hash");

            Generator generator = new Generator(SEED);
            List<String> wrong = new ArrayList<>();
            long slowest = 0;
            for (int i = 0; i < REQUESTS; i++) {
                Map<String, Object> route = routes.get(i % routes.size());
                Shot shot = generator.next((String) route.get("Method"), (String) route.get("Path"));
                long started = System.nanoTime();
                String complaint = complaint(node.settings().httpPort(), shot);
                slowest = Math.max(slowest, System.nanoTime() - started);
                if (complaint != null) {
                    wrong.add(complaint + " to request " + i + " of seed " + SEED + ": " + shot);
                }
            }

            assertThat(wrong).isEmpty();
            assertThat(slowest).isLessThan(10_000_000_000L);
            assertThat(STEADY.stream().map(path -> api.get(path).body()).toList())
                    .isEqualTo(before);
            assertThat(api.get(HASH).list("shards").get(0)).containsEntry("hash", hash);
        }
    }

    /** With all that a node may be configured to do: what it does not do it refuses with 501. */
    private static ServerProcess start() throws IOException {
        Path config = Files.writeString(folder.resolve("node.yaml"), "backup: " + folder.resolve("backups") + "\n");
        ServerProcess.Settings settings =
                new ServerProcess.Settings("A", folder.resolve("A"), Ports.free(), Ports.free(), null);
        return ServerProcess.start(settings.withOptions(Nodes.QUICK_START)
                        .withSurroundings(new ServerProcess.Surroundings("127.0.0.1", List.of(), config)))
                .awaitReady(Duration.ofMinutes(2));
    }

    /** Null when the answer is a refusal as it should be. */
    private static String complaint(int port, Shot shot) {
        Answer answer = RawHttp.exactly(port, shot.bytes());
        if (answer.status() < 400 || answer.status() > 499) {
            return answer.toString();
        }
        boolean hasBody = !shot.what().equals("no HTTP") && !shot.toString().contains("HEAD ");
        return hasBody && !answer.body().contains("\"code\":\"") ? "no code in " + answer : null;
    }
}
