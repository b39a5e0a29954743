package io.rookery.etl.route;

import io.rookery.api.Batch;
import io.rookery.api.Checkpoint;
import io.rookery.api.DeliveryGuarantee;
import io.rookery.api.ExpressionEngine;
import io.rookery.api.Setting;
import io.rookery.api.Sink;
import io.rookery.api.SinkFactory;
import io.rookery.api.SinkRequest;
import io.rookery.api.Transform;
import io.rookery.etl.task.ConnectionDefinition;
import io.rookery.etl.task.TaskDefinition;
import io.rookery.etl.task.TaskSteps;
import java.util.List;

/**
 * A task's steps and sink, opened: what a batch is sent to. Belongs to the task's thread, but for {@link #prepare}. Steps
 * and sink have an engine each, since a sink may evaluate while it writes.
 */
final class DeliveryTarget implements AutoCloseable {
    /** An engine for the steps and one for the sink. */
    private record Engines(ExpressionEngine ofSteps, ExpressionEngine ofSink) implements AutoCloseable {
        @Override
        public void close() {
            ofSink.close();
            ofSteps.close();
        }
    }

    private final Engines engines;
    private final Sink sink;
    private final TaskRoute route;

    private DeliveryTarget(Engines engines, Sink sink, TaskRoute route) {
        this.engines = engines;
        this.sink = sink;
        this.route = route;
    }

    /** Checks the task's steps and sink and makes them; the target is not asked before {@link #open}. */
    static DeliveryTarget create(
            TaskDefinition task, int shard, SinkFactory factory, TaskEnvironment environment, TaskRoutes routes) {
        Engines engines = new Engines(ExpressionEngine.open(), ExpressionEngine.open());
        Sink sink = null;
        try {
            List<Transform> steps = TaskSteps.compile(task.steps(), engines.ofSteps());
            Setting connection = connection(task, factory, environment);
            sink = factory.create(new SinkRequest(
                    environment.cluster().get(), task.name(), shard, task.to(), connection, engines.ofSink()));
            return new DeliveryTarget(engines, sink, routes.open(task.name(), steps, task.deletesWhenFiltered(), sink));
        } catch (RuntimeException e) {
            if (sink != null) {
                sink.close();
            }
            engines.close();
            throw e;
        }
    }

    private static Setting connection(TaskDefinition task, SinkFactory factory, TaskEnvironment environment) {
        if (task.connection() == null) {
            return null;
        }
        ConnectionDefinition connection = environment.connection(task.connection());
        if (!factory.connectionKinds().contains(connection.kind())) {
            throw task.to()
                    .get(task.sinkKind())
                    .error("Expected a connection of the kind " + String.join(" or ", factory.connectionKinds())
                            + " but found '" + connection.name() + "' of the kind " + connection.kind());
        }
        return environment.resolved(connection);
    }

    /** The target's checkpoint where it keeps one, else the store's. */
    Checkpoint open(long epoch, DeliveryGuarantee guarantee, Checkpoint stored) {
        Checkpoint found = sink.open(epoch, stored);
        return guarantee == DeliveryGuarantee.EXACTLY_ONCE ? found : stored;
    }

    /**
     * Takes a batch through the steps; what is left waits for its turn at the sink. On any thread, for one batch at a
     * time.
     */
    Sink.Prepared prepare(Batch batch) {
        return route.prepare(batch);
    }

    @Override
    public void close() {
        route.close();
        sink.close();
        engines.close();
    }
}
