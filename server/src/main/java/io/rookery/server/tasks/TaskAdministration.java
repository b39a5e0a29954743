package io.rookery.server.tasks;

import io.rookery.api.ChangeVector;
import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import io.rookery.cluster.ClusterNode;
import io.rookery.cluster.topology.TaskUnit;
import io.rookery.cluster.topology.Topology;
import io.rookery.etl.route.TaskEnvironment;
import io.rookery.etl.task.ConnectionDefinition;
import io.rookery.etl.task.ConnectionsFile;
import io.rookery.etl.task.TaskDefinition;
import io.rookery.etl.task.TaskDefinition.Kind;
import io.rookery.etl.task.TaskFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** Puts, pauses, moves and deletes tasks. Every method first sees what was committed before its call, on any node. */
public final class TaskAdministration {
    private final ClusterNode node;
    private final Catalog catalog;
    private final TaskQuestions questions;
    private final TaskChecks checks;
    private final Executor slow;

    /** @param slow for what waits for sources */
    public TaskAdministration(
            ClusterNode node, Catalog catalog, TaskQuestions questions, TaskEnvironment environment, Executor slow) {
        this.node = node;
        this.catalog = catalog;
        this.questions = questions;
        this.checks = new TaskChecks(environment);
        this.slow = slow;
    }

    /** What {@link #put} would do, with what keeps the task from running: connects to the source. */
    public CompletableFuture<TaskPlan> plan(String name, String database, String text) {
        return catalog.fence()
                .thenApplyAsync(
                        ready -> {
                            TaskDefinition task = parse(name, text);
                            TaskPlan plan = plan(task, database, catalog.task(name));
                            return plan.withProblems(checks.problems(task));
                        },
                        slow);
    }

    /** Stores a task; it starts when it is assigned, or starts anew where it runs. The same text changes nothing. */
    public CompletableFuture<TaskPlan> put(String name, String database, String text) {
        return catalog.fence()
                .thenComposeAsync(
                        ready -> {
                            TaskDefinition task = parse(name, text);
                            ChangeVector judged = catalog.databaseVersion(database);
                            Optional<StoredTask> former = catalog.task(name);
                            TaskPlan plan = plan(task, database, former);
                            if (!plan.changed()) {
                                return CompletableFuture.completedFuture(plan);
                            }
                            StoredTask stored = new StoredTask(
                                    task,
                                    database,
                                    former.map(StoredTask::paused).orElse(false),
                                    former.map(StoredTask::revision).orElse(0L) + 1,
                                    Set.of(),
                                    Catalog.versionOf(former));
                            return catalog.put(stored, judged)
                                    .thenApply(done -> plan)
                                    // judged for the database as it was then: once more when it has changed
                                    .exceptionallyCompose(failure -> catalog.fence()
                                            .thenCompose(seen -> catalog.databaseVersion(database)
                                                            .equals(judged)
                                                    ? CompletableFuture.failedFuture(failure)
                                                    : put(name, database, text)));
                        },
                        slow);
    }

    /** Stores a connection; what runs with it starts anew. @throws RookeryException BAD_CONNECTION */
    public CompletableFuture<ConnectionDefinition> putConnection(String name, String text) {
        checks.requireKnown(ConnectionsFile.parseOne(name, text));
        return catalog.putConnection(name, text);
    }

    private static TaskDefinition parse(String name, String text) {
        List<TaskDefinition> tasks = TaskFile.parse(name + ".yaml", text);
        if (tasks.size() != 1 || !tasks.get(0).name().equals(name)) {
            throw new RookeryException(
                    ErrorCode.BAD_TASK,
                    "Expected the one task '" + name + "' but found "
                            + tasks.stream().map(TaskDefinition::name).toList());
        }
        return tasks.get(0);
    }

    private TaskPlan plan(TaskDefinition task, String database, Optional<StoredTask> former) {
        Topology.Database target = node.topology().databases().get(database);
        if (target == null) {
            throw new RookeryException(ErrorCode.DATABASE_MISSING, "There is no database '" + database + "'");
        }
        if (target.splitting().isPresent()) {
            throw new RookeryException(
                    ErrorCode.UNAVAILABLE, "A shard of '" + database + "' is being split; try again in a moment");
        }
        if (catalog.deleted().stream().anyMatch(deleted -> deleted.name().equals(task.name()))) {
            throw new RookeryException(
                    ErrorCode.UNAVAILABLE, "The task '" + task.name() + "' is being deleted; try again in a moment");
        }
        checks.compile(task, target.shards().size());
        former.ifPresent(stored -> refuseOtherWork(task, database, stored));
        if (task.kind() == Kind.INGEST) {
            refuseOtherDatabase(task, database);
        }
        boolean changed = former.isEmpty() || !former.get().definition().text().equals(task.text());
        return new TaskPlan(
                task.name(), former.isEmpty(), changed, checks.guarantee(task), notes(task, target, former), List.of());
    }

    private static void refuseOtherWork(TaskDefinition task, String database, StoredTask stored) {
        if (!stored.database().equals(database)) {
            throw new RookeryException(
                    ErrorCode.CONFLICT,
                    "The task '" + task.name() + "' belongs to the database '" + stored.database()
                            + "'; delete it there first, or give this one another name");
        }
        if (stored.definition().kind() != task.kind()) {
            throw new RookeryException(
                    ErrorCode.CONFLICT,
                    "The task '" + task.name() + "' goes the other way; delete it first, or choose another name");
        }
    }

    /** All tasks on one legacy database share its replication slot, whose place is kept in one database. */
    private void refuseOtherDatabase(TaskDefinition task, String database) {
        catalog.tasks().stream()
                .filter(other ->
                        other.unit().equals(task.unit()) && !other.database().equals(database))
                .findFirst()
                .ifPresent(other -> {
                    throw new RookeryException(
                            ErrorCode.CONFLICT,
                            "The connection '" + task.connection() + "' is read into the database '"
                                    + other.database() + "' by the task '" + other.name()
                                    + "'; use another connection for '" + database + "'");
                });
    }

    private static List<String> notes(TaskDefinition task, Topology.Database database, Optional<StoredTask> former) {
        List<String> notes = new ArrayList<>();
        if (former.isEmpty()) {
            notes.add(
                    task.kind() == Kind.INGEST
                            ? "Reads all rows of its tables once, then follows their changes"
                            : "Delivers every document of " + task.collection() + ", then every change");
        } else if (task.kind() == Kind.INGEST) {
            notes.add("Documents are made again from the stored rows; the source is not read");
        } else if (!former.get().definition().text().equals(task.text())) {
            notes.add("Goes on at its checkpoint; replay it to deliver earlier changes again");
        }
        if (database.shards().size() > 1 && task.kind() == Kind.INGEST) {
            notes.add("Keeps its rows in the first of the " + database.shards().size()
                    + " shards and writes documents to all: what one change at the source does to documents of several"
                    + " shards is not seen at one moment");
        } else if (database.shards().size() > 1) {
            notes.add("Delivers each of the " + database.shards().size()
                    + " shards by itself: a document's changes are in order, those of several documents are not");
        }
        if (!task.enabled()) {
            notes.add("It is not enabled and stands still");
        }
        return notes;
    }

    public CompletableFuture<Void> pause(String name) {
        return catalog.fence().thenCompose(ready -> setPaused(catalog.requireTask(name), true));
    }

    /** Also after a stop or a failure. */
    public CompletableFuture<Void> resume(String name) {
        return catalog.fence().thenCompose(ready -> {
            StoredTask task = catalog.requireTask(name);
            return setPaused(task, false)
                    .thenCompose(done -> questions.resume(task).handle((answer, failure) -> null));
        });
    }

    private CompletableFuture<Void> setPaused(StoredTask task, boolean paused) {
        return task.paused() == paused ? CompletableFuture.completedFuture(null) : catalog.put(task.paused(paused));
    }

    /**
     * To another node.
     *
     * @param shard only this one's part; empty for all that the node has a replica of
     */
    public CompletableFuture<Void> move(String name, String tag, OptionalInt shard) {
        return catalog.fence().thenCompose(ready -> {
            CompletableFuture<Void> moved = CompletableFuture.completedFuture(null);
            for (TaskUnit unit : movable(catalog.requireTask(name), tag, shard)) {
                moved = moved.thenCompose(done -> node.moveUnit(unit.name(), tag));
            }
            return moved;
        });
    }

    private List<TaskUnit> movable(StoredTask task, String tag, OptionalInt shard) {
        List<TaskUnit> units = task.units(node.topology());
        if (units.size() == 1 && shard.isEmpty()) {
            return units;
        }
        List<TaskUnit> movable = units.stream()
                .filter(unit -> shard.isEmpty() || shard.getAsInt() == unit.shard())
                .filter(unit -> node.topology().databases().get(task.database()).shards().stream()
                        .anyMatch(found -> found.number() == unit.shard()
                                && found.staying().contains(tag)))
                .toList();
        if (movable.isEmpty()) {
            throw new RookeryException(
                    ErrorCode.BAD_REQUEST,
                    "Expected a node that has " + (shard.isEmpty() ? "a shard" : "shard " + shard.getAsInt()) + " of '"
                            + task.database() + "' but found '" + tag + "'");
        }
        return movable;
    }

    /** Its documents and what it delivered stay; its place in the feed and its parked changes go. */
    public CompletableFuture<Void> delete(String name) {
        return catalog.fence().thenCompose(ready -> catalog.delete(catalog.requireTask(name)));
    }

    /** What keeps a connection from being used; empty when all is well. */
    public CompletableFuture<List<String>> check(String connection) {
        return catalog.fence()
                .thenApplyAsync(
                        ready -> {
                            catalog.requireConnection(connection);
                            return checks.problems(connection);
                        },
                        slow);
    }
}
