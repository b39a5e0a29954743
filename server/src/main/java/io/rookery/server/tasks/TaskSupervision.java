package io.rookery.server.tasks;

import io.rookery.api.DocumentDatabase;
import io.rookery.api.Fence;
import io.rookery.api.RookeryException;
import io.rookery.cluster.ClusterNode;
import io.rookery.cluster.ReplicatedStore;
import io.rookery.cluster.topology.TaskUnit;
import io.rookery.cluster.topology.Topology;
import io.rookery.etl.mirror.SpreadDatabase;
import io.rookery.etl.route.Assigned;
import io.rookery.etl.route.TaskHost;
import io.rookery.etl.task.TaskDefinition.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the system shard and makes what runs on this node equal to what is assigned to it there, on one thread of its
 * own.
 */
public final class TaskSupervision implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TaskSupervision.class);
    private static final long LOOK_AGAIN_MILLIS = 1_000;

    private final ClusterNode node;
    private final Catalog catalog;
    private final TaskHost host;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "tasks");
    /** What sources that are assigned here write to, by unit. */
    private final Map<String, Spread> spread = new HashMap<>();

    private long seen;

    private record Spread(ReplicatedStore home, long epoch, DocumentDatabase database) {}

    public TaskSupervision(ClusterNode node, Catalog catalog, TaskHost host) {
        this.node = node;
        this.catalog = catalog;
        this.host = host;
    }

    public void start() {
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try {
            while (!closed.await(0, TimeUnit.MILLISECONDS)) {
                try {
                    if (node.clusterId().isPresent()) {
                        host.reconcile(assigned());
                    }
                    awaitNews();
                } catch (RookeryException e) {
                    LOG.info("Tasks wait: {}", e.getMessage()); // as while the system shard's replica is being opened
                    closed.await(LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS);
                } catch (RuntimeException e) {
                    LOG.warn("Tasks could not be brought in line with what is assigned; trying again", e);
                    closed.await(LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS);
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("The supervision of tasks was interrupted: the node ends");
        }
    }

    /** Returns when the system shard changed, or after a second: replicas come and go without a change there. */
    private void awaitNews() throws InterruptedException {
        if (node.clusterId().isEmpty()) {
            closed.await(LOOK_AGAIN_MILLIS / 5, TimeUnit.MILLISECONDS);
            return;
        }
        try {
            seen = catalog.beyond(seen).get(LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return; // nothing new
        } catch (ExecutionException e) {
            LOG.debug("The system shard cannot be followed now", e);
            closed.await(LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private List<Assigned> assigned() {
        Topology topology = node.topology();
        Map<TaskUnit, List<StoredTask>> units = new HashMap<>();
        for (StoredTask task : catalog.tasks()) {
            task.units(topology).forEach(unit -> units.computeIfAbsent(unit, absent -> new ArrayList<>())
                    .add(task));
        }
        List<Assigned> mine = new ArrayList<>();
        units.forEach((unit, tasks) -> {
            Topology.Assignment assignment = topology.assignments().get(unit.name());
            if (assignment != null && assignment.node().equals(node.tag())) {
                assigned(assignment, unit, tasks).ifPresent(mine::add);
            }
        });
        return mine;
    }

    /** Empty while this node's replica of the unit's shard is not open. */
    private Optional<Assigned> assigned(Topology.Assignment assignment, TaskUnit unit, List<StoredTask> tasks) {
        List<StoredTask> ordered =
                tasks.stream().sorted(Comparator.comparing(StoredTask::name)).toList();
        Set<String> paused = new HashSet<>();
        ordered.stream().filter(StoredTask::paused).map(StoredTask::name).forEach(paused::add);
        return node.shard(unit.database(), unit.shard())
                .map(shard -> new Assigned(
                        unit.name(),
                        unit.shard(),
                        assignment.epoch(),
                        ordered.stream().map(StoredTask::definition).toList(),
                        paused,
                        ordered.get(0).definition().kind() == Kind.INGEST ? spread(shard, assignment, unit) : shard,
                        catalog.fingerprint(ordered.get(0))));
    }

    /** The database as a source writes to it; one and the same for as long as its runner may go on with it. */
    private DocumentDatabase spread(ReplicatedStore home, Topology.Assignment assignment, TaskUnit unit) {
        boolean oneShard =
                node.topology().databases().get(unit.database()).shards().size() == 1;
        Spread known = spread.get(unit.name());
        boolean good = known != null
                && known.home() == home
                && known.epoch() == assignment.epoch()
                && (known.database() == home) == oneShard;
        if (!good) {
            DocumentDatabase made = oneShard
                    ? home
                    : new SpreadDatabase(
                            home,
                            new Fence(unit.name(), assignment.epoch()),
                            new DatabaseShards(node, unit.database(), unit.shard()));
            known = new Spread(home, assignment.epoch(), made);
            spread.put(unit.name(), known);
        }
        return known.database();
    }

    /** Ends the thread, then what runs here: batches under way are finished and their checkpoints saved. */
    @Override
    public void close() {
        closed.countDown();
        thread.interrupt();
        try {
            thread.join(5_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        host.close();
    }
}
