package io.rookery.server.tasks;

import io.rookery.cluster.ClusterNode;
import io.rookery.cluster.ReplicatedStore;
import io.rookery.cluster.topology.TaskUnit;
import io.rookery.cluster.topology.Topology;
import io.rookery.etl.route.DeletedTask;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Erases what deleted tasks left in their databases, when nobody runs them any more. Every node looks; the first node of
 * each shard does it there. An interrupted erasure is begun again.
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
        boolean last = catalog.tasks().stream().noneMatch(other -> other.unit().equals(task.unit()));
        List<TaskUnit> units = task.units(topology);
        boolean assigned = units.stream().map(TaskUnit::name).anyMatch(topology.assignments()::containsKey);
        List<TaskUnit> mine = units.stream()
                .filter(unit -> !task.erased().contains(unit.shard()) && isMine(unit, database))
                .toList();
        if (mine.isEmpty() || (last && assigned)) {
            return;
        }
        UnitStatuses running =
                questions.everywhere().orTimeout(10, TimeUnit.SECONDS).join();
        if (running.of(task.name()).isEmpty()) {
            erase(task, mine, last);
        }
    }

    private boolean isMine(TaskUnit unit, Topology.Database database) {
        return database.shards().stream()
                        .filter(shard -> shard.number() == unit.shard())
                        .anyMatch(shard -> shard.nodes().get(0).equals(node.tag()))
                && node.shard(unit.database(), unit.shard()).isPresent();
    }

    /** From what is this node's to do; when another node has done its part at the same time, the next round notes it. */
    private void erase(StoredTask task, List<TaskUnit> mine, boolean last) {
        Set<Integer> erased = new TreeSet<>(task.erased());
        for (TaskUnit unit : mine) {
            ReplicatedStore shard = node.shard(unit.database(), unit.shard()).orElseThrow();
            new DeletedTask(task.definition(), last).erase(unit.name(), shard, clock);
            erased.add(unit.shard());
        }
        boolean all = task.units(node.topology()).stream().map(TaskUnit::shard).allMatch(erased::contains);
        (all ? catalog.erased(task) : catalog.erasedFrom(task, erased)).join();
        LOG.info("What the deleted task {} left in shards {} of {} is erased", task.name(), erased, task.database());
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
