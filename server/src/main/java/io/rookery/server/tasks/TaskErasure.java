package io.rookery.server.tasks;

import io.rookery.cluster.ClusterNode;
import io.rookery.cluster.ReplicatedStore;
import io.rookery.cluster.topology.Topology;
import io.rookery.etl.route.DeletedTask;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Erases what deleted tasks left in their databases, when nobody runs them any more. Every node looks; the first node of
 * the database's shard does it. An interrupted erasure is begun again.
 */
public final class TaskErasure implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TaskErasure.class);

    private final ClusterNode node;
    private final Catalog catalog;
    private final TaskQuestions questions;
    private final Clock clock;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread made = new Thread(work, "task-erasure");
        made.setDaemon(true);
        return made;
    });

    public TaskErasure(ClusterNode node, Catalog catalog, TaskQuestions questions, Clock clock) {
        this.node = node;
        this.catalog = catalog;
        this.questions = questions;
        this.clock = clock;
    }

    public void start() {
        thread.scheduleWithFixedDelay(this::round, 1, 1, TimeUnit.SECONDS);
    }

    private void round() {
        try {
            if (node.clusterId().isPresent()) {
                catalog.deleted().forEach(this::erase);
            }
        } catch (RuntimeException e) {
            LOG.info("Deleted tasks are not erased yet: {}", e.getMessage());
        }
    }

    private void erase(StoredTask task) {
        Topology topology = node.topology();
        Topology.Database database = topology.databases().get(task.database());
        if (database == null) {
            catalog.erased(task).join();
            return;
        }
        List<StoredTask> unit = catalog.tasks().stream()
                .filter(other -> other.unit().equals(task.unit()))
                .toList();
        boolean assigned = topology.assignments().containsKey(task.unit());
        boolean mine = database.shards().get(0).nodes().get(0).equals(node.tag());
        if (!mine || (unit.isEmpty() && assigned)) {
            return;
        }
        Map<String, Map<String, Object>> running =
                questions.everywhere().orTimeout(10, TimeUnit.SECONDS).join();
        ReplicatedStore shard = node.shard(task.database(), 0).orElse(null);
        if (shard == null || running.containsKey(task.name())) {
            return;
        }
        new DeletedTask(task.definition(), unit.isEmpty()).erase(shard, clock);
        catalog.erased(task).join();
        LOG.info("What the deleted task {} left in {} is erased", task.name(), task.database());
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
