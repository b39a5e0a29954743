package io.rookery.bench;

import io.rookery.server.process.ServerProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Three node processes next to three of etcd: puts of 1 KB documents one by one and by 100, and linearizable reads, each
 * side through its own network client at the node that leads.
 */
final class EtcdMeasure implements Measure {
    private static final int OUTSTANDING_READS = 256;

    /** So many transactions under way, each of so many documents. */
    private record Load(int outstanding, int documents, double target) {
        String label() {
            return documents == 1 ? "etcd-puts-" + outstanding : "etcd-batches-of-" + documents;
        }
    }

    private static final List<Load> LOADS =
            List.of(new Load(1, 1, 1), new Load(16, 1, 2), new Load(256, 1, 2.5), new Load(16, 100, 1.5));

    @Override
    public String name() {
        return "etcd";
    }

    @Override
    public Optional<String> lacks() {
        return Etcd.PROGRAM.find().isPresent()
                ? Optional.empty()
                : Optional.of("the program etcd is not installed (Debian: etcd-server)");
    }

    @Override
    public List<Result> run(Session session) throws Exception {
        Path folder = session.folder("etcd");
        List<Result> results = new ArrayList<>();
        try (Cluster cluster = Cluster.start(folder, 3);
                Etcd etcd = Etcd.start(folder.resolve("etcd"));
                EtcdLoad load = EtcdLoad.connect(etcd)) {
            ServerProcess leader = cluster.database("bench");
            for (Load wanted : LOADS) {
                results.add(puts(session, leader, load, wanted));
            }
            results.add(reads(session, leader, load));
        }
        Session.delete(folder);
        return results;
    }

    private static Result puts(Session session, ServerProcess leader, EtcdLoad etcd, Load load) throws Exception {
        HttpLoad http = new HttpLoad(
                leader.settings().httpPort(), load.outstanding(), new HttpWrites("bench", load.documents()));
        Map<String, Double> found = new Duel()
                .side("Rookery", duration -> http.perSecond(duration) * load.documents())
                .side("etcd", etcd.puts(load.outstanding(), load.documents()))
                .run(session);
        return Result.of(load.label(), found.get("Rookery"), "docs/s").against(found.get("etcd"), load.target());
    }

    private static Result reads(Session session, ServerProcess leader, EtcdLoad etcd) throws Exception {
        Cluster.fill(leader, 0, HttpReadMeasure.DOCUMENTS);
        HttpLoad http = new HttpLoad(leader.settings().httpPort(), OUTSTANDING_READS, HttpReadMeasure.reads(""));
        Map<String, Double> found = new Duel()
                .side("Rookery", http::perSecond)
                .side("etcd", etcd.gets(OUTSTANDING_READS, HttpReadMeasure.DOCUMENTS))
                .run(session);
        return Result.of("etcd-gets-" + OUTSTANDING_READS, found.get("Rookery"), "reads/s")
                .against(found.get("etcd"), 2.0);
    }
}
