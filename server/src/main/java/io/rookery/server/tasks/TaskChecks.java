package io.rookery.server.tasks;

import io.rookery.api.DeliveryGuarantee;
import io.rookery.api.ErrorCode;
import io.rookery.api.ExpressionEngine;
import io.rookery.api.RookeryException;
import io.rookery.api.Setting;
import io.rookery.api.Sink;
import io.rookery.api.SinkFactory;
import io.rookery.api.SinkRequest;
import io.rookery.api.SourceFactory;
import io.rookery.api.SourceRequest;
import io.rookery.etl.mirror.MirrorDefinition;
import io.rookery.etl.route.TaskEnvironment;
import io.rookery.etl.task.ConnectionDefinition;
import io.rookery.etl.task.TaskDefinition;
import io.rookery.etl.task.TaskDefinition.Kind;
import io.rookery.etl.task.TaskSteps;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Looks at a task before it is stored: everything that can be known without reading data. */
final class TaskChecks {
    private final TaskEnvironment environment;
    private final Map<String, SourceFactory> sources = load(SourceFactory.class, SourceFactory::connectionKind);
    private final Map<String, SinkFactory> sinks = load(SinkFactory.class, SinkFactory::kind);

    TaskChecks(TaskEnvironment environment) {
        this.environment = environment;
    }

    private static <T> Map<String, T> load(Class<T> service, Function<T, String> name) {
        return ServiceLoader.load(service).stream()
                .map(ServiceLoader.Provider::get)
                .collect(Collectors.toMap(name, factory -> factory));
    }

    DeliveryGuarantee guarantee(TaskDefinition task) {
        return task.kind() == Kind.INGEST
                ? DeliveryGuarantee.EXACTLY_ONCE
                : sinks.get(task.sinkKind()).guarantee();
    }

    /**
     * Compiles everything that the task says, with no I/O.
     *
     * @param shards how many the database has
     * @throws RookeryException BAD_TASK, BAD_SCRIPT or BAD_CONNECTION with line and column
     */
    void compile(TaskDefinition task, int shards) {
        try (ExpressionEngine expressions = ExpressionEngine.open()) {
            TaskSteps.compile(task.steps(), expressions);
            if (task.kind() == Kind.INGEST) {
                source(task);
            } else {
                for (int shard = 0; shard < shards; shard++) {
                    sink(task, shard, expressions); // a target may refuse that there is more than one
                }
            }
        }
    }

    private void sink(TaskDefinition task, int shard, ExpressionEngine expressions) {
        SinkFactory factory = sinks.get(task.sinkKind());
        Setting connection =
                task.connection() == null ? null : resolved(task.connection(), List.copyOf(factory.connectionKinds()));
        Sink made = factory.create(
                new SinkRequest(environment.cluster().get(), task.name(), shard, task.to(), connection, expressions));
        made.close();
    }

    private void source(TaskDefinition task) {
        MirrorDefinition mirror = MirrorDefinition.of(task);
        factory(task)
                .create(request(
                        task.connection(), mirror.tables().stream().sorted().toList()));
    }

    /** Connects to the source and looks whether the tables can be followed; takes seconds when it does not answer. */
    List<String> problems(TaskDefinition task) {
        if (task.kind() != Kind.INGEST) {
            return List.of();
        }
        MirrorDefinition mirror = MirrorDefinition.of(task);
        return factory(task)
                .check(request(
                        task.connection(), mirror.tables().stream().sorted().toList()));
    }

    /** @throws RookeryException BAD_CONNECTION for a kind that no source and no sink takes */
    void requireKnown(ConnectionDefinition connection) {
        Set<String> kinds = new TreeSet<>(sources.keySet());
        sinks.values().forEach(sink -> kinds.addAll(sink.connectionKinds()));
        if (!kinds.contains(connection.kind())) {
            throw new RookeryException(
                    ErrorCode.BAD_CONNECTION,
                    "Expected a connection of the kind " + String.join(" or ", kinds) + " but found "
                            + connection.kind());
        }
    }

    /** What keeps a connection from being used; connects to what can be a source. */
    List<String> problems(String connection) {
        ConnectionDefinition definition = environment.connection(connection);
        Setting settings = environment.resolved(definition);
        SourceFactory factory = sources.get(definition.kind());
        return factory == null
                ? new ArrayList<>()
                : factory.check(new SourceRequest(environment.cluster().get(), connection, settings, List.of()));
    }

    private SourceFactory factory(TaskDefinition task) {
        resolved(task.connection(), List.copyOf(sources.keySet()));
        return sources.get(environment.connection(task.connection()).kind());
    }

    private SourceRequest request(String connection, List<String> tables) {
        return new SourceRequest(
                environment.cluster().get(), connection, resolved(connection, List.copyOf(sources.keySet())), tables);
    }

    private Setting resolved(String connection, List<String> kinds) {
        ConnectionDefinition definition = environment.connection(connection);
        if (!kinds.contains(definition.kind())) {
            throw new RookeryException(
                    ErrorCode.BAD_CONNECTION,
                    "Expected a connection of the kind " + String.join(" or ", kinds) + " but " + connection + " is "
                            + definition.kind());
        }
        return environment.resolved(definition);
    }
}
