package io.rookery.bench;

import io.rookery.api.CommitResult;
import io.rookery.cluster.ReplicatedStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Writes of 1 KB documents through group commit into three replicas, next to raw Ratis at the same batch: as many bytes
 * an entry, and as many documents under way, as group commit made of that load just before. All six peers and the load
 * are in this JVM.
 */
final class CommitMeasure implements Measure {
    private static final int[] OUTSTANDING = {1, 16, 256};
    private static final int BATCH = 100;
    private static final int BATCHES_OUTSTANDING = 16;
    private static final double AGAINST_RAW = 0.5;
    private static final double AGAINST_SINGLE = 5;

    @Override
    public String name() {
        return "commit";
    }

    @Override
    public List<Result> run(Session session) throws Exception {
        Path folder = session.folder("commit");
        List<Result> results = new ArrayList<>();
        try (Nodes nodes = Nodes.start(folder, 3);
                RawRatis raw = RawRatis.start(folder)) {
            ReplicatedStore store = nodes.database("bench");
            for (int outstanding : OUTSTANDING) {
                results.addAll(compare(session, store, raw, new Load(outstanding, 1)));
            }
            results.addAll(compare(session, store, raw, new Load(BATCHES_OUTSTANDING, BATCH)));
        }
        Session.delete(folder);
        return results;
    }

    /** So many transactions under way, of so many documents each. */
    private record Load(int outstanding, int documents) {
        String label() {
            return documents == 1 ? "commit-" + outstanding : "commit-batches-of-" + documents;
        }
    }

    /** Group commit's side; remembers how many documents it put into an entry in the last turn. */
    private static final class Grouped implements Duel.Side {
        private final ReplicatedStore store;
        private final Load load;
        private final Payload payload = new Payload();
        private int documentsAnEntry = 1;

        Grouped(ReplicatedStore store, Load load) {
            this.store = store;
            this.load = load;
        }

        @Override
        public double perSecond(Duration duration) throws Exception {
            long before = index();
            LongAdder documents = new LongAdder();
            double transactions = new ClosedLoop(load.outstanding(), () -> {
                        documents.add(load.documents());
                        return store.commit(payload.transaction(load.documents()));
                    })
                    .perSecond(duration);
            documentsAnEntry = (int) Math.max(1, Math.round((double) documents.sum() / (index() - before)));
            return transactions * load.documents();
        }

        private long index() throws Exception {
            CommitResult result = store.commit(payload.transaction(1)).get(30, TimeUnit.SECONDS);
            return result.index();
        }
    }

    private static List<Result> compare(Session session, ReplicatedStore store, RawRatis raw, Load load)
            throws Exception {
        Grouped grouped = new Grouped(store, load);
        boolean alsoSingle = load.outstanding() == 256;
        Duel duel = new Duel()
                .side("group commit", grouped)
                .side(
                        "raw Ratis",
                        duration ->
                                raw(raw, load.outstanding() * load.documents(), grouped.documentsAnEntry, duration));
        if (alsoSingle) {
            duel.side("raw Ratis, one an entry", duration -> raw(raw, load.outstanding(), 1, duration));
        }
        Map<String, Double> found = duel.run(session);
        session.tell("  %d documents an entry", grouped.documentsAnEntry);
        double value = found.get("group commit");
        List<Result> results = new ArrayList<>();
        results.add(Result.of(load.label(), value, "docs/s").against(found.get("raw Ratis"), AGAINST_RAW));
        if (alsoSingle) {
            results.add(Result.of(load.label() + "-to-single", value, "docs/s")
                    .against(found.get("raw Ratis, one an entry"), AGAINST_SINGLE));
        }
        return results;
    }

    private static double raw(RawRatis raw, int documents, int documentsAnEntry, Duration duration) throws Exception {
        int entries = Math.max(1, Math.round((float) documents / documentsAnEntry));
        int bytes = documentsAnEntry * (Payload.body(0).size() + 40);
        return raw.perSecond(entries, bytes, duration) * documentsAnEntry;
    }
}
