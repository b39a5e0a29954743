package io.rookery.etl.route;

import io.rookery.api.Batch;
import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The Camel route of one task: one Exchange is one batch. Used by the task's thread. */
final class TaskRoute implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TaskRoute.class);

    private final CamelContext context;
    private final String id;
    private final String endpoint;
    private final ProducerTemplate producer;

    TaskRoute(CamelContext context, String id, String endpoint) {
        this.context = context;
        this.id = id;
        this.endpoint = endpoint;
        this.producer = context.createProducerTemplate();
    }

    /** Return means durable in the target; throws what a step or the sink threw. */
    void send(Batch batch) {
        Exchange exchange = producer.send(endpoint, made -> made.getMessage().setBody(Passage.begin(batch)));
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
            context.getRouteController().stopRoute(id, 1, TimeUnit.SECONDS);
            context.removeRoute(id);
            context.removeEndpoints(endpoint);
        } catch (Exception e) {
            LOG.warn("The route {} did not close cleanly", id, e);
        }
    }
}
