package io.rookery.bench;

import io.rookery.server.process.ServerProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Writes of 1 KB documents over HTTP to three node processes, at the one that leads, next to raw Ratis in three
 * processes at the same batch. The raw load is made inside its leader: it pays for no HTTP and no client.
 */
final class HttpWriteMeasure implements Measure {
    private static final double TARGET = 0.5;
    private static final double AGAINST_SINGLE = 5;

    /** So many connections, each with one request of so many documents. */
    private record Load(int outstanding, int documents) {
        String label() {
            return documents == 1 ? "http-writes-" + outstanding : "http-writes-batches-of-" + documents;
        }
    }

    @Override
    public String name() {
        return "http-writes";
    }

    @Override
    public List<Result> run(Session session) throws Exception {
        Path folder = session.folder("http-writes");
        List<Result> results = new ArrayList<>();
        try (Cluster cluster = Cluster.start(folder, 3);
                RawRatisProcesses raw = RawRatisProcesses.start(folder.resolve("raw"))) {
            ServerProcess leader = cluster.database("bench");
            for (Load load : List.of(new Load(1, 1), new Load(16, 1), new Load(256, 1), new Load(16, 100))) {
                results.addAll(compare(session, leader, raw, load));
            }
            results.add(Result.of(
                    "memory-loaded", leader.residentBytes() / (double) (1 << 20), "MB")); // right after the writes
        }
        Session.delete(folder);
        return results;
    }

    private static List<Result> compare(Session session, ServerProcess leader, RawRatisProcesses raw, Load load)
            throws Exception {
        HttpLoad http = new HttpLoad(
                leader.settings().httpPort(), load.outstanding(), new HttpWrites("bench", load.documents()));
        Duel duel = new Duel()
                .side("HTTP", duration -> http.perSecond(duration) * load.documents())
                .side("raw Ratis", duration -> {
                    int anEntry = (int) Math.max(1, Math.round(http.answersAnEntry() * load.documents()));
                    return raw(raw, load, anEntry, duration);
                });
        boolean alsoSingle = load.outstanding() == 256;
        if (alsoSingle) {
            duel.side("raw Ratis, one an entry", duration -> raw(raw, load, 1, duration));
        }
        Map<String, Double> found = duel.run(session);
        session.tell("  %.1f documents an entry", http.answersAnEntry() * load.documents());
        List<Result> results = new ArrayList<>();
        double value = found.get("HTTP");
        results.add(Result.of(load.label(), value, "docs/s").against(found.get("raw Ratis"), TARGET));
        if (alsoSingle) {
            results.add(Result.of(load.label() + "-to-single", value, "docs/s")
                    .against(found.get("raw Ratis, one an entry"), AGAINST_SINGLE));
        }
        return results;
    }

    private static double raw(RawRatisProcesses raw, Load load, int documentsAnEntry, Duration duration)
            throws Exception {
        int entries = Math.max(1, Math.round((float) load.outstanding() * load.documents() / documentsAnEntry));
        int bytes = documentsAnEntry * (Payload.body(0).size() + 40);
        return raw.perSecond(entries, bytes, duration) * documentsAnEntry;
    }
}
