package io.rookery.etl.route;

import io.rookery.api.Batch;
import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import io.rookery.api.Sink;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Camel route of one task: one Exchange is one batch. It goes through the steps ahead of its turn, and on to the
 * sink in its turn, maybe on another thread; one batch at a time is in each of the two stretches.
 */
final class TaskRoute implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TaskRoute.class);

    private final CamelContext context;
    private final String id;
    private final ProducerTemplate producer;

    TaskRoute(CamelContext context, String id) {
        this.context = context;
        this.id = id;
        this.producer = context.createProducerTemplate();
    }

    /** Where a route begins is its id too. */
    static String steps(String id) {
        return "direct:" + id;
    }

    static String sink(String id) {
        return "direct:" + id + "-sink";
    }

    /** Through the steps; throws what one of them, or the sink's preparation, threw. */
    Sink.Prepared prepare(Batch batch) {
        Exchange exchange = producer.send(steps(id), made -> made.getMessage().setBody(Passage.begin(batch)));
        throwFailure(exchange, batch);
        return () -> throwFailure(producer.send(sink(id), exchange), batch);
    }

    private static void throwFailure(Exchange exchange, Batch batch) {
        Exception failure = exchange.getException();
        if (failure instanceof RookeryException known) {
            throw known;
        }
        if (failure != null) {
            throw new RookeryException(
                    ErrorCode.INTERNAL, "The route of the task " + batch.task() + " failed: " + failure, failure);
        }
    }

    @Override
    public void close() {
        try {
            producer.stop();
            for (String endpoint : List.of(steps(id), sink(id))) {
                context.getRouteController().stopRoute(endpoint, 1, TimeUnit.SECONDS);
                context.removeRoute(endpoint);
                context.removeEndpoints(endpoint);
            }
        } catch (Exception e) {
            LOG.warn("The route {} did not close cleanly", id, e);
        }
    }
}
