package io.rookery.server.http;

import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.rookery.api.RookeryException;
import io.rookery.cluster.ClusterNode;
import io.rookery.cluster.ReplicatedStore;
import io.rookery.cluster.ScrubResult;
import io.rookery.cluster.ShardStatus;
import io.rookery.cluster.disk.Disk;
import io.rookery.etl.route.TaskState;
import io.rookery.etl.route.TaskStatus;
import io.rookery.store.StoreStatistics;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a node measures of itself, as {@code GET /metrics} in Prometheus' text format. May be used by any thread. */
final class Metrics {
    private static final Logger LOG = LoggerFactory.getLogger(Metrics.class);

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final ClusterNode node;
    private final TaskStatuses tasks;
    private final Histogram requests = Histogram.builder()
            .name("rookery_http_request_seconds")
            .help("Time from a request's end to its answer")
            .labelNames("method", "status")
            .classicOnly()
            .classicUpperBounds(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
            .register(registry);

    /** The tasks that run on this node. */
    interface TaskStatuses {
        List<TaskStatus> here();
    }

    Metrics(ClusterNode node, TaskStatuses tasks) {
        this.node = node;
        this.tasks = tasks;
        JvmMetrics.builder().register(registry);
        registry.register((MultiCollector) this::collect);
    }

    void addTo(Routes routes) {
        routes.add(
                "GET",
                "/metrics",
                Routes.Pool.ADMIN,
                Resource.now(ask -> Reply.text(PrometheusTextFormatWriter.CONTENT_TYPE, text())));
    }

    void answered(String method, int status, long nanos) {
        requests.labelValues(method, Integer.toString(status)).observe(nanos / (double) TimeUnit.SECONDS.toNanos(1));
    }

    private String text() {
        ByteArrayOutputStream out = new ByteArrayOutputStream(16 << 10);
        try {
            PrometheusTextFormatWriter.create().write(out, registry.scrape());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    private MetricSnapshots collect() {
        Gauges gauges = new Gauges();
        for (ReplicatedStore shard : node.replicas()) {
            try {
                shard(gauges, shard);
            } catch (RookeryException e) {
                LOG.debug("A replica is just being opened or closed", e);
            }
        }
        tasks.here().forEach(status -> task(gauges, status));
        disk(gauges, node.disk());
        node.scrubbed()
                .forEach(result -> gauges.add(
                        "rookery_replica_damaged",
                        "1 where the last scrub found the replica damaged",
                        Labels.of("database", result.database(), "shard", Integer.toString(result.shard())),
                        result.state() == ScrubResult.State.DAMAGED ? 1 : 0));
        return gauges.snapshots();
    }

    private static void disk(Gauges gauges, Disk disk) {
        Labels none = Labels.EMPTY;
        gauges.add(
                "rookery_disk_free_bytes",
                "Free bytes of the data's volume",
                none,
                disk.space().free());
        gauges.add(
                "rookery_disk_total_bytes",
                "Bytes of the data's volume",
                none,
                disk.space().total());
        gauges.add(
                "rookery_disk_full",
                "1 while writes are refused because the disk is full",
                none,
                disk.state() == Disk.State.FULL ? 1 : 0);
    }

    private static void shard(Gauges gauges, ReplicatedStore shard) {
        ShardStatus status = shard.status();
        Labels labels = Labels.of("database", status.database(), "shard", Integer.toString(status.shard()));
        gauges.add(
                "rookery_shard_leader",
                "1 on the node that leads the shard",
                labels,
                status.role().equals("LEADER") ? 1 : 0);
        gauges.add("rookery_shard_term", "Raft term", labels, status.term());
        gauges.add("rookery_shard_applied_index", "Log index that this node has applied", labels, status.applied());
        status.lag()
                .forEach((peer, lag) -> gauges.add(
                        "rookery_shard_peer_lag_entries",
                        "Log entries that a peer is behind, as the leader sees it",
                        labels.add("peer", peer),
                        lag));
        StoreStatistics statistics = shard.statistics();
        gauges.add("rookery_feed_head", "Newest sequence number", labels, statistics.head());
        gauges.add("rookery_tombstones", "Tombstones that are kept", labels, statistics.tombstones());
        statistics
                .documents()
                .forEach((collection, count) ->
                        gauges.add("rookery_documents", "Documents", labels.add("collection", collection), count));
    }

    private static void task(Gauges gauges, TaskStatus status) {
        Labels labels = status.shard() == 0 // as it was called before a task could have several
                ? Labels.of("task", status.task())
                : Labels.of("task", status.task(), "shard", Integer.toString(status.shard()));
        for (TaskState state : TaskState.values()) {
            gauges.add(
                    "rookery_task_state",
                    "1 for the state that the task is in",
                    labels.add("state", state.name()),
                    state == status.state() ? 1 : 0);
        }
        gauges.add("rookery_task_epoch", "Count of the task's assignments", labels, status.epoch());
        gauges.add("rookery_task_checkpoint", "Last sequence number that was delivered", labels, status.sequence());
        gauges.add("rookery_task_lag_changes", "Changes that are not delivered yet", labels, status.lagChanges());
        gauges.add(
                "rookery_task_lag_seconds",
                "Age of the oldest change that is not delivered",
                labels,
                status.lagSeconds());
        gauges.add("rookery_task_parked_changes", "Changes that wait parked", labels, status.parked());
        gauges.add(
                "rookery_task_delivered_changes",
                "Changes delivered since the task started here",
                labels,
                status.delivered());
    }

    /** Points by name, as the text format wants them together. */
    private static final class Gauges {
        private final Map<String, String> help = new TreeMap<>();
        private final Map<String, List<GaugeDataPointSnapshot>> points = new TreeMap<>();

        void add(String name, String text, Labels labels, long value) {
            help.put(name, text);
            points.computeIfAbsent(name, absent -> new ArrayList<>())
                    .add(GaugeDataPointSnapshot.builder()
                            .labels(labels)
                            .value((double) value)
                            .build());
        }

        MetricSnapshots snapshots() {
            MetricSnapshots.Builder all = MetricSnapshots.builder();
            points.forEach((name, list) -> {
                GaugeSnapshot.Builder gauge = GaugeSnapshot.builder().name(name).help(help.get(name));
                list.forEach(gauge::dataPoint);
                all.metricSnapshot(gauge.build());
            });
            return all.build();
        }
    }
}
