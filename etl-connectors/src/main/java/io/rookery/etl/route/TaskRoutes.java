package io.rookery.etl.route;

import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import io.rookery.api.Sink;
import io.rookery.api.Transform;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.RouteDefinition;

/** The Camel context of this node with a route for each task that runs. Safe for many threads. */
final class TaskRoutes implements AutoCloseable {
    private final DefaultCamelContext context = new DefaultCamelContext();
    private final AtomicLong opened = new AtomicLong();

    TaskRoutes() {
        context.getShutdownStrategy().setTimeout(2);
        context.getShutdownStrategy().setTimeUnit(TimeUnit.SECONDS);
        context.setLoadHealthChecks(false);
        context.start();
    }

    /**
     * {@code from direct → each step → the sink's preparation}, and from there {@code → sink} in the batch's turn; it runs
     * in the thread that sends, and never retries.
     */
    TaskRoute open(String task, List<Transform> steps, boolean deleteFiltered, Sink sink) {
        String id = task + '-' + opened.incrementAndGet(); // the former route of a task may still be closing
        try {
            context.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    String begin = TaskRoute.steps(id);
                    RouteDefinition route = from(begin).routeId(begin).errorHandler(noErrorHandler());
                    for (Transform step : steps) {
                        route.process(exchange -> exchange.getMessage()
                                .setBody(exchange.getMessage()
                                        .getBody(Passage.class)
                                        .through(step)));
                    }
                    route.process(exchange -> exchange.getMessage()
                            .setBody(sink.prepare(
                                    exchange.getMessage().getBody(Passage.class).end(deleteFiltered))));
                    String end = TaskRoute.sink(id);
                    from(end).routeId(end).errorHandler(noErrorHandler()).process(exchange -> exchange.getMessage()
                            .getBody(Sink.Prepared.class)
                            .write());
                }
            });
        } catch (Exception e) {
            throw new RookeryException(ErrorCode.INTERNAL, "Cannot open the route of the task " + task, e);
        }
        return new TaskRoute(context, id);
    }

    @Override
    public void close() {
        context.stop();
    }
}
