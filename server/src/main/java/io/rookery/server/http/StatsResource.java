package io.rookery.server.http;

import io.rookery.api.ChangeVector;
import io.rookery.cluster.ClusterNode;
import io.rookery.cluster.FeedWindow;
import io.rookery.cluster.ReplicatedStore;
import io.rookery.cluster.topology.Topology;
import io.rookery.store.StoreStatistics;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/**
 * {@code GET /databases/{db}/stats} and {@code collections/stats} as RavenDB's clients read them, with what is ours
 * besides, and {@code admin/tombstones/state}: what holds the feed's window and its tombstones.
 */
final class StatsResource {
    private static final String DOCUMENTS = "CountOfDocuments";
    private static final String TOMBSTONES = "CountOfTombstones";
    private static final String COLLECTIONS = "Collections";
    /** What RavenDB has and Rookery has none of. */
    private static final List<String> NONE_OF = List.of(
            "CountOfIndexes",
            "CountOfConflicts",
            "CountOfDocumentsConflicts",
            "CountOfAttachments",
            "CountOfUniqueAttachments",
            "CountOfCounterEntries",
            "CountOfTimeSeriesSegments",
            "NumberOfTransactionMergerQueueOperations");

    private final ClusterNode node;
    private final Shards shards;
    private final Clock clock;

    StatsResource(ClusterNode node, Shards shards, Clock clock) {
        this.node = node;
        this.shards = shards;
        this.clock = clock;
    }

    void addTo(Routes routes) {
        routes.add("GET", "/databases/{db}/stats", Routes.Pool.ADMIN, ask -> answer(ask, this::stats));
        routes.add(
                "GET", "/databases/{db}/collections/stats", Routes.Pool.ADMIN, ask -> answer(ask, this::collections));
        routes.add("GET", "/databases/{db}/admin/tombstones/state", Routes.Pool.ADMIN, ask -> answer(ask, this::held));
    }

    private interface View {
        Map<String, Object> of(String database, ReplicatedStore shard);
    }

    private CompletableFuture<Reply> answer(Ask ask, View view) {
        ReplicatedStore shard = shards.here(ask);
        return shards.readable(ask, shard).thenApply(ready -> Reply.json(view.of(ask.path("db"), shard)));
    }

    private Map<String, Object> stats(String database, ReplicatedStore shard) {
        StoreStatistics statistics = shard.statistics();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("LastDocEtag", statistics.head());
        json.put("LastDatabaseEtag", statistics.head());
        json.put(DOCUMENTS, sum(statistics));
        json.put("CountOfRevisionDocuments", statistics.revisions());
        json.put(TOMBSTONES, statistics.tombstones());
        NONE_OF.forEach(name -> json.put(name, 0L));
        json.put(
                "DatabaseChangeVector",
                statistics.head() == 0 ? "" : new ChangeVector(shard.tag(), statistics.head()).toString());
        json.put("DatabaseId", group(database));
        json.put("Is64Bit", true);
        json.put("Pager", "RocksDB");
        json.put("LastIndexingTime", null);
        json.put("Indexes", List.of());
        json.put("SizeOnDisk", size(shard.sizeOnDisk()));
        json.put("TempBuffersSizeOnDisk", size(0));
        json.put(COLLECTIONS, new TreeMap<>(statistics.documents()));
        json.put("FeedWindowStart", statistics.windowStart());
        json.put("OldestCheckpoint", statistics.oldestCheckpoint());
        json.put("AppliedIndex", shard.appliedIndex());
        return json;
    }

    private Map<String, Object> collections(String database, ReplicatedStore shard) {
        StoreStatistics statistics = shard.statistics();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put(DOCUMENTS, sum(statistics));
        json.put("CountOfConflicts", 0L);
        json.put(COLLECTIONS, new TreeMap<>(statistics.documents()));
        return json;
    }

    private static long sum(StoreStatistics statistics) {
        return statistics.documents().values().stream()
                .mapToLong(count -> count)
                .sum();
    }

    private String group(String database) {
        Topology.Database known = node.topology().databases().get(database);
        return known == null ? null : known.shards().get(0).group();
    }

    private static Map<String, Object> size(long bytes) {
        Map<String, Object> size = new LinkedHashMap<>();
        size.put("SizeInBytes", bytes);
        size.put(
                "HumaneSize",
                bytes < 1 << 20
                        ? bytes / 1024 + " KBytes"
                        : String.format(Locale.ROOT, "%.2f MBytes", bytes / (double) (1 << 20)));
        return size;
    }

    /** RavenDB's words for what it has too; {@code Holding} says in words what is waited for. */
    private Map<String, Object> held(String database, ReplicatedStore shard) {
        FeedWindow window = shard.feedWindow(clock.millis());
        long head = window.statistics().head();
        List<Object> processes = new ArrayList<>();
        window.tasks().forEach((task, checkpoint) -> {
            Map<String, Object> process = new LinkedHashMap<>();
            process.put("Process", "task " + task);
            process.put("Etag", checkpoint.sequence());
            process.put("Lag", head - checkpoint.sequence());
            processes.add(process);
        });
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("MinAllDocsEtag", window.tombstonesBefore());
        json.put(TOMBSTONES, window.statistics().tombstones());
        json.put("LastDatabaseEtag", head);
        json.put("FeedWindowStart", window.statistics().windowStart());
        json.put("OlderThanADayEtag", window.yesterday());
        json.put("PerSubscriptionInfo", processes);
        json.put("Holding", holding(window));
        return json;
    }

    private static List<String> holding(FeedWindow window) {
        long head = window.statistics().head();
        List<String> holding = new ArrayList<>();
        window.tasks().forEach((task, checkpoint) -> {
            if (checkpoint.sequence() < Math.min(head, window.yesterday())) {
                holding.add("task " + task + " has delivered up to " + checkpoint.sequence() + " of " + head
                        + ": tombstones behind it stay until it goes on");
            }
        });
        if (window.statistics().tombstones() > 0 && window.yesterday() < head) {
            holding.add("tombstones stay " + FeedWindow.WINDOW_MILLIS / 3_600_000
                    + " hours for readers of the feed from outside: those behind " + window.yesterday()
                    + " are not older");
        }
        return holding;
    }
}
