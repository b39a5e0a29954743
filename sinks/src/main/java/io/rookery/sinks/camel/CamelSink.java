package io.rookery.sinks.camel;

import io.rookery.api.Batch;
import io.rookery.api.Change;
import io.rookery.api.Checkpoint;
import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import io.rookery.api.Sink;
import java.util.HashSet;
import java.util.Set;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.ResolveEndpointFailedException;
import org.apache.camel.impl.DefaultCamelContext;

/**
 * Sends each change as a message, one after the other, in feed order. One thread. At least once: a repetition has the
 * same {@code RookeryId}. A batch that comes again because one of its changes was refused sends only what was not taken.
 */
final class CamelSink implements Sink {
    private final CamelTarget target;
    private final DefaultCamelContext context;
    private final Endpoint endpoint;
    private final CamelMessages messages;
    private final Set<String> taken = new HashSet<>();
    private ProducerTemplate producer;

    private CamelSink(CamelTarget target, DefaultCamelContext context, Endpoint endpoint) {
        this.target = target;
        this.context = context;
        this.endpoint = endpoint;
        this.messages = new CamelMessages(target);
    }

    /** Makes the endpoint, which checks its options; nothing is reached before {@link #open}. */
    static CamelSink create(CamelTarget target) {
        DefaultCamelContext context = new DefaultCamelContext();
        try {
            context.getShutdownStrategy().setTimeout(2);
            context.setLoadHealthChecks(false);
            context.build();
            return new CamelSink(target, context, context.getEndpoint(target.uri(), CamelDefaults.with(target)));
        } catch (ResolveEndpointFailedException e) {
            context.stop();
            throw new RookeryException(
                    ErrorCode.BAD_TASK, "Camel does not take the endpoint " + target.uri() + ": " + e.getMessage(), e);
        } catch (RuntimeException e) {
            context.stop();
            throw e;
        }
    }

    /** The target keeps no checkpoint and fences nobody. */
    @Override
    public Checkpoint open(long epoch) {
        CamelAddresses.refuseOwnNetwork(target.uri());
        if (producer == null) {
            context.start();
            producer = context.createProducerTemplate();
        }
        taken.clear();
        return Checkpoint.NONE;
    }

    @Override
    public void write(Batch batch) {
        if (producer == null) {
            throw new IllegalStateException("Expected an open sink for the task " + batch.task());
        }
        Change former = null;
        int index = 0;
        for (Change change : batch.changes()) {
            index = former != null && former.sequence() == change.sequence() ? index + 1 : 0;
            former = change;
            String id = change.id() + '@' + change.sequence() + (index == 0 ? "" : "/" + index);
            if (!taken.contains(id) && (target.deletes() || !change.isDelete())) {
                send(change, id);
                taken.add(id);
            }
        }
        taken.clear();
    }

    private void send(Change change, String id) {
        Exchange made = endpoint.createExchange();
        messages.fill(made.getMessage(), change, id);
        Exchange sent = producer.send(endpoint, made);
        if (sent.getException() != null) {
            throw CamelFailures.of(sent.getException(), change, endpoint);
        }
    }

    @Override
    public void close() {
        if (producer != null) {
            producer.stop();
            producer = null;
        }
        context.stop();
    }
}
