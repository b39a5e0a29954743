package io.rookery.server.http;

import io.rookery.api.ChangeVector;
import io.rookery.cluster.ClusterNode;
import io.rookery.cluster.Consistency;
import io.rookery.cluster.FeedWindow;
import io.rookery.cluster.ReplicatedStore;
import io.rookery.cluster.ShardAnswer;
import io.rookery.cluster.ShardQuestion;
import io.rookery.cluster.ShardStatistics;
import io.rookery.cluster.ShardedDatabase;
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
import java.util.stream.Collectors;

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
        routes.add("GET", "/databases/{db}/admin/tombstones/state", Routes.Pool.ADMIN, this::held);
    }

    private interface View {
        Map<String, Object> of(String database, List<ShardAnswer<ShardStatistics>> shards);
    }

    /** Of the shard that {@code shard=} names, wherever it is, or of all. */
    private CompletableFuture<Reply> answer(Ask ask, View view) {
        ShardedDatabase database = shards.of(ask);
        Consistency consistency = Shards.consistency(ask, database);
        CompletableFuture<List<ShardAnswer<ShardStatistics>>> counted =
                ask.query("shard").isEmpty()
                        ? database.statistics(consistency)
                        : shards.named(ask)
                                .ask(consistency, new ShardQuestion.Statistics())
                                .thenApply(List::of);
        return counted.thenApply(answers -> Reply.json(view.of(ask.path("db"), answers)));
    }

    private Map<String, Object> stats(String database, List<ShardAnswer<ShardStatistics>> counted) {
        List<ShardStatistics> all = counted.stream().map(ShardAnswer::value).toList();
        StoreStatistics sums = sums(all);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("LastDocEtag", sums.head());
        json.put("LastDatabaseEtag", sums.head());
        json.put(DOCUMENTS, documents(sums));
        json.put("CountOfRevisionDocuments", sums.revisions());
        json.put(TOMBSTONES, sums.tombstones());
        NONE_OF.forEach(name -> json.put(name, 0L));
        json.put(
                "DatabaseChangeVector",
                all.stream()
                        .filter(shard -> shard.counts().head() > 0)
                        .map(shard ->
                                new ChangeVector(shard.tag(), shard.counts().head()).toString())
                        .collect(Collectors.joining(", ")));
        json.put("DatabaseId", group(database));
        json.put("Is64Bit", true);
        json.put("Pager", "RocksDB");
        json.put("LastIndexingTime", null);
        json.put("Indexes", List.of());
        json.put(
                "SizeOnDisk", size(all.stream().mapToLong(ShardStatistics::size).sum()));
        json.put("TempBuffersSizeOnDisk", size(0));
        json.put(COLLECTIONS, sums.documents());
        if (counted.size() == 1) {
            json.putAll(places(counted.get(0)));
        } else {
            json.put("Shards", counted.stream().map(StatsResource::shard).toList());
        }
        return json;
    }

    private static Map<String, Object> shard(ShardAnswer<ShardStatistics> counted) {
        StoreStatistics counts = counted.value().counts();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("LastDatabaseEtag", counts.head());
        json.put(DOCUMENTS, documents(counts));
        json.put(TOMBSTONES, counts.tombstones());
        json.put("SizeOnDisk", size(counted.value().size()));
        json.putAll(places(counted));
        return json;
    }

    /** What has no sum: places in one shard's feed and in its log. */
    private static Map<String, Object> places(ShardAnswer<ShardStatistics> counted) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("FeedWindowStart", counted.value().counts().windowStart());
        json.put("OldestCheckpoint", counted.value().counts().oldestCheckpoint());
        json.put("AppliedIndex", counted.applied());
        return json;
    }

    private Map<String, Object> collections(String database, List<ShardAnswer<ShardStatistics>> counted) {
        StoreStatistics sums = sums(counted.stream().map(ShardAnswer::value).toList());
        Map<String, Object> json = new LinkedHashMap<>();
        json.put(DOCUMENTS, documents(sums));
        json.put("CountOfConflicts", 0L);
        json.put(COLLECTIONS, sums.documents());
        return json;
    }

    /** Of places only the head: summed, it goes up with every change as one shard's does. */
    private static StoreStatistics sums(List<ShardStatistics> all) {
        Map<String, Long> documents = new TreeMap<>();
        long tombstones = 0;
        long head = 0;
        long revisions = 0;
        for (ShardStatistics shard : all) {
            shard.counts().documents().forEach((name, count) -> documents.merge(name, count, Long::sum));
            tombstones += shard.counts().tombstones();
            head += shard.counts().head();
            revisions += shard.counts().revisions();
        }
        return new StoreStatistics(documents, tombstones, head, 0, 0, revisions);
    }

    private static long documents(StoreStatistics statistics) {
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

    /** RavenDB's words for what it has too; {@code Holding} says in words what is waited for. Each shard has its own. */
    private CompletableFuture<Reply> held(Ask ask) {
        ReplicatedStore shard = shards.here(ask);
        return shards.readable(ask, shard).thenApply(ready -> Reply.json(held(shard)));
    }

    private Map<String, Object> held(ReplicatedStore shard) {
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
