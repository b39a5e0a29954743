package io.rookery.etl.route;

import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import io.rookery.api.SinkFactory;
import io.rookery.etl.task.TaskDefinition;
import io.rookery.etl.task.TaskDefinition.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs on this node what is assigned to it. {@link #reconcile} and {@link #close} belong to one thread; everything else
 * may be called from any.
 */
public final class TaskHost implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TaskHost.class);

    private record Running(Assigned assigned, UnitRunner runner) {}

    /** A unit whose runner cannot be made as it is defined. */
    private record Refused(Assigned assigned, List<TaskStatus> statuses) {}

    private final TaskEnvironment environment;
    private final UnitRunner.Factory sources;
    private final Map<String, SinkFactory> sinks;
    private final TaskRoutes routes = new TaskRoutes();
    private final Map<String, Running> running = new ConcurrentHashMap<>();
    private final Map<String, Refused> refused = new ConcurrentHashMap<>();

    /** With the sinks that are on the classpath; {@code sources} makes the runners of units that ingest. */
    public TaskHost(TaskEnvironment environment, UnitRunner.Factory sources) {
        this(
                environment,
                sources,
                ServiceLoader.load(SinkFactory.class).stream()
                        .map(ServiceLoader.Provider::get)
                        .collect(Collectors.toMap(SinkFactory::kind, sink -> sink)));
    }

    TaskHost(TaskEnvironment environment, UnitRunner.Factory sources, Map<String, SinkFactory> sinks) {
        this.environment = environment;
        this.sources = sources;
        this.sinks = Map.copyOf(sinks);
    }

    /**
     * Makes what runs here equal to what is assigned here. A unit whose definition or epoch changed is stopped (its
     * batch under way is finished and its checkpoint saved) and started anew; waits for the stopped ones some seconds. A
     * unit that cannot be made is FAILED in {@link #statuses} until it changes; the others run.
     */
    public void reconcile(List<Assigned> assigned) {
        Map<String, Assigned> wanted = new HashMap<>();
        assigned.forEach(unit -> wanted.put(unit.unit(), unit));
        List<Running> leaving = running.values().stream()
                .filter(unit -> !wanted.containsKey(unit.assigned().unit())
                        || !wanted.get(unit.assigned().unit()).sameWork(unit.assigned()))
                .toList();
        closeAll(leaving);
        refused.values()
                .removeIf(unit -> !wanted.containsKey(unit.assigned().unit())
                        || !wanted.get(unit.assigned().unit()).sameWork(unit.assigned()));
        for (Assigned unit : wanted.values()) {
            Running now = running.get(unit.unit());
            if (now == null) {
                if (!refused.containsKey(unit.unit())) {
                    start(unit);
                }
            } else if (now.assigned().sameWork(unit)) {
                applyPauses(now, unit);
            } // else it does not end: its target hangs. Two owners of one epoch must not be, so later
        }
    }

    private void closeAll(List<Running> leaving) {
        leaving.forEach(unit -> unit.runner().stop());
        for (Running unit : leaving) {
            unit.runner().close();
            if (unit.runner().ended()) {
                running.remove(unit.assigned().unit());
                LOG.info(
                        "Unit {} of epoch {} has ended here",
                        unit.assigned().unit(),
                        unit.assigned().epoch());
            }
        }
    }

    private void start(Assigned unit) {
        UnitRunner runner;
        try {
            runner = make(unit);
        } catch (RuntimeException | LinkageError | ServiceConfigurationError e) {
            refuse(unit, e);
            return;
        }
        running.put(unit.unit(), new Running(unit, runner));
        LOG.info("Unit {} starts here in epoch {}", unit.unit(), unit.epoch());
        runner.start();
    }

    private void refuse(Assigned unit, Throwable failure) {
        long now = environment.clock().millis();
        TaskStatus.Problem problem = failure instanceof RookeryException known
                ? new TaskStatus.Problem(known.code(), String.valueOf(known.getMessage()), now)
                : new TaskStatus.Problem(ErrorCode.INTERNAL, failure.toString(), now);
        LOG.error("Unit {} cannot start here: {}", unit.unit(), problem.message(), failure);
        List<TaskStatus> statuses = unit.tasks().stream()
                .map(task -> TaskStatus.refused(task.name(), unit, problem))
                .toList();
        refused.put(unit.unit(), new Refused(unit, statuses));
    }

    private UnitRunner make(Assigned unit) {
        TaskDefinition first = unit.tasks().get(0);
        if (first.kind() == Kind.INGEST) {
            return sources.create(unit, environment);
        }
        SinkFactory factory = sinks.get(first.sinkKind());
        if (factory == null) {
            throw first.to().error("Expected a known target but found '" + first.sinkKind() + "'");
        }
        return new TaskRunner(unit, factory, environment, routes);
    }

    private void applyPauses(Running now, Assigned unit) {
        for (TaskDefinition task : unit.tasks()) {
            boolean before = now.assigned().standsStill(task);
            if (before != unit.standsStill(task)) {
                if (before) {
                    now.runner().resume(task.name());
                } else {
                    now.runner().pause(task.name());
                }
            }
        }
        running.put(unit.unit(), new Running(unit, now.runner()));
    }

    /** Of every task that runs here, or would if it could be made. */
    public List<TaskStatus> statuses() {
        List<TaskStatus> all = new ArrayList<>();
        running.values().forEach(unit -> all.addAll(unit.runner().statuses()));
        refused.values().forEach(unit -> all.addAll(unit.statuses()));
        return all;
    }

    public Optional<TaskStatus> status(String task) {
        return statuses().stream().filter(status -> status.task().equals(task)).findFirst();
    }

    /** The runner of a task in a shard that is assigned here. */
    public Optional<UnitRunner> find(String task, int shard) {
        return running.values().stream()
                .filter(unit -> unit.assigned().shard() == shard)
                .filter(unit -> unit.assigned().task(task).isPresent())
                .map(Running::runner)
                .findFirst();
    }

    /**
     * The runner of a task in the first shard.
     *
     * @throws RookeryException NOT_FOUND when the task does not run on this node; else why it cannot be made
     */
    public UnitRunner runner(String task) {
        return find(task, 0).orElseThrow(() -> absent(task));
    }

    private RookeryException absent(String task) {
        return status(task)
                .flatMap(TaskStatus::problem)
                .map(problem -> new RookeryException(problem.code(), problem.message()))
                .orElseGet(() -> new RookeryException(
                        ErrorCode.NOT_FOUND, "Expected the task '" + task + "' on this node but found it not"));
    }

    @Override
    public void close() {
        closeAll(List.copyOf(running.values()));
        routes.close();
    }
}
