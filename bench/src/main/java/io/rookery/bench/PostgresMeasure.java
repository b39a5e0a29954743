package io.rookery.bench;

import io.rookery.server.process.ServerProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Writes of 1 KB documents to three node processes, at the one that leads, next to a PostgreSQL with one synchronous
 * standby and a row of {@code jsonb} for each document; as many clients on both sides.
 */
final class PostgresMeasure implements Measure {
    private static final Map<Integer, Double> TARGETS = Map.of(16, 1.0, 64, 2.0, 256, 2.0);

    @Override
    public String name() {
        return "postgres";
    }

    @Override
    public List<Result> run(Session session) throws Exception {
        Path folder = session.folder("postgres");
        List<Result> results = new ArrayList<>();
        try (Cluster cluster = Cluster.start(folder, 3);
                PostgresPair postgres = PostgresPair.start(folder.resolve("pair"))) {
            ServerProcess leader = cluster.database("bench");
            postgres.execute(JdbcInserts.TABLE);
            session.tell("  PostgreSQL %s, fsync %s", postgres.ask("SHOW server_version"), postgres.ask("SHOW fsync"));
            for (int clients : List.of(16, 64, 256)) {
                results.add(compare(session, leader, postgres, clients));
            }
        }
        Session.delete(folder);
        return results;
    }

    private static Result compare(Session session, ServerProcess leader, PostgresPair postgres, int clients)
            throws Exception {
        HttpLoad http = new HttpLoad(leader.settings().httpPort(), clients, new HttpWrites("bench", 1));
        try (JdbcInserts inserts = new JdbcInserts(postgres, clients)) {
            Map<String, Double> found = new Duel()
                    .side("Rookery", http::perSecond)
                    .side("PostgreSQL", inserts::perSecond)
                    .run(session);
            return Result.of("postgres-" + clients, found.get("Rookery"), "docs/s")
                    .against(found.get("PostgreSQL"), TARGETS.get(clients));
        }
    }
}
