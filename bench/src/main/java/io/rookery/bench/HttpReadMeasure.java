package io.rookery.bench;

import io.rookery.samples.servers.Ports;
import io.rookery.server.process.ServerProcess;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;

/**
 * Reads of 1 KB documents by id over HTTP: of the node's own replica next to a server that answers with as many constant
 * bytes, and linearizable ones next to those; each server is a process of its own.
 */
final class HttpReadMeasure implements Measure {
    private static final int CONNECTIONS = 64;
    static final int DOCUMENTS = 10_000;

    @Override
    public String name() {
        return "http-reads";
    }

    @Override
    public List<Result> run(Session session) throws Exception {
        Path folder = session.folder("http-reads");
        try (Cluster cluster = Cluster.start(folder, 3)) {
            ServerProcess leader = cluster.database("bench");
            Cluster.fill(leader, 0, DOCUMENTS);
            int port = Ports.free();
            try (Child constant = Child.start(
                    ConstantServer.class,
                    folder.resolve("constant.log"),
                    String.valueOf(port),
                    String.valueOf(size(leader)))) {
                return compare(session, cluster, leader, Integer.parseInt(constant.greeting()));
            }
        }
    }

    private static List<Result> compare(Session session, Cluster cluster, ServerProcess leader, int constant)
            throws Exception {
        int port = leader.settings().httpPort();
        int follower = cluster.follower(leader).settings().httpPort();
        Map<String, Double> found = new Duel()
                .side("constant", new HttpLoad(constant, CONNECTIONS, reads(""))::perSecond)
                .side("local", new HttpLoad(port, CONNECTIONS, reads("&consistency=local"))::perSecond)
                .side("linearizable", new HttpLoad(port, CONNECTIONS, reads(""))::perSecond)
                .side("linearizable at a follower", new HttpLoad(follower, CONNECTIONS, reads(""))::perSecond)
                .run(session);
        double local = found.get("local");
        return List.of(
                Result.of("http-reads-local", local, "reads/s").against(found.get("constant"), 0.6),
                Result.of("http-reads-linearizable", found.get("linearizable"), "reads/s")
                        .against(local, 0.8),
                Result.of("http-reads-at-a-follower", found.get("linearizable at a follower"), "reads/s")
                        .against(local, null));
    }

    /** Of any of the first documents. */
    static Supplier<byte[]> reads(String more) {
        return () -> HttpLoad.request(
                "GET",
                "/databases/bench/docs?id=items%2F"
                        + ThreadLocalRandom.current().nextInt(DOCUMENTS) + more,
                new byte[0]);
    }

    private static int size(ServerProcess leader) throws Exception {
        URI uri = URI.create(leader.url() + "/databases/bench/docs?id=items%2F5000");
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofByteArray())
                .body()
                .length;
    }
}
