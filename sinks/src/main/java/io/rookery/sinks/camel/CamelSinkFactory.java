package io.rookery.sinks.camel;

import io.rookery.api.DeliveryGuarantee;
import io.rookery.api.Sink;
import io.rookery.api.SinkFactory;
import io.rookery.api.SinkRequest;
import io.rookery.api.Values;
import java.util.List;

/** Makes sinks for {@code camel:}. */
public final class CamelSinkFactory implements SinkFactory {
    @Override
    public String kind() {
        return "camel";
    }

    /** None: the endpoint is the key's own value. */
    @Override
    public List<String> connectionKinds() {
        return List.of();
    }

    @Override
    public DeliveryGuarantee guarantee() {
        return DeliveryGuarantee.AT_LEAST_ONCE;
    }

    @Override
    public Sink create(SinkRequest request) {
        return create(request, CamelRules.ofThisProcess());
    }

    static Sink create(SinkRequest request, CamelRules rules) {
        return CamelSink.create(CamelTarget.of(request.to(), rules, new Values(request.expressions())));
    }
}
