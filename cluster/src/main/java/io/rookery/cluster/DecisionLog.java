package io.rookery.cluster;

import io.rookery.api.Entry;
import io.rookery.api.Json;
import io.rookery.api.Transaction;
import io.rookery.api.Write;
import io.rookery.cluster.topology.Decision;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last decisions, a ring of entries in the system shard: replicated, bounded, not in the feed. A decision is in the
 * transaction that carries it out, so what is read there has happened. Safe for many threads.
 */
final class DecisionLog {
    static final int KEPT = 200;

    private static final Logger LOG = LoggerFactory.getLogger(DecisionLog.class);
    private static final String PREFIX = "decisions/";

    private long last;

    /** Newest first. */
    static List<Decision> read(ReplicatedStore system) {
        return system.entries(PREFIX, null, KEPT).stream()
                .map(DecisionLog::decision)
                .sorted(Comparator.comparingLong(Decision::number).reversed())
                .toList();
    }

    private static Decision decision(Entry entry) {
        Map<String, Object> body = Json.parse(entry.value()).asObject();
        return new Decision(
                (Long) body.get("number"),
                (Long) body.get("at"),
                (String) body.get("what"),
                (String) body.get("of"),
                (String) body.get("why"));
    }

    /** Carries decisions out: their writes and what is kept of them, in one transaction. */
    CompletableFuture<Void> commit(ReplicatedStore system, List<Write> writes, List<Decision> decisions) {
        List<Write> all = new ArrayList<>(writes);
        List<Decision> made = numbered(system, decisions);
        made.forEach(decision -> all.add(write(decision)));
        return system.commit(Transaction.of(all, System.currentTimeMillis()))
                // before, it has not happened: on a full disk it is decided again and again
                .thenAccept(done -> made.forEach(
                        decision -> LOG.info("{}: {}, {}", decision.what(), decision.of(), decision.why())));
    }

    private synchronized List<Decision> numbered(ReplicatedStore system, List<Decision> decisions) {
        if (decisions.isEmpty()) {
            return decisions;
        }
        last = Math.max(
                last,
                read(system).stream().mapToLong(Decision::number).findFirst().orElse(0));
        return decisions.stream()
                .map(made -> new Decision(++last, made.at(), made.what(), made.of(), made.why()))
                .toList();
    }

    private static Write write(Decision decision) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("number", decision.number());
        body.put("at", decision.at());
        body.put("what", decision.what());
        body.put("of", decision.of());
        body.put("why", decision.why());
        String key = PREFIX + String.format(Locale.ROOT, "%03d", decision.number() % KEPT);
        return new Write.PutEntry(key, Json.of(body).bytes());
    }
}
