package io.rookery.sinks.kafka;

import io.rookery.api.DeliveryGuarantee;
import io.rookery.api.Setting;
import io.rookery.api.Sink;
import io.rookery.api.SinkFactory;
import io.rookery.api.SinkRequest;
import java.util.List;

/** Makes sinks for {@code kafka:}. */
public final class KafkaSinkFactory implements SinkFactory {
    @Override
    public String kind() {
        return "kafka";
    }

    @Override
    public List<String> connectionKinds() {
        return List.of("kafka");
    }

    @Override
    public DeliveryGuarantee guarantee() {
        return DeliveryGuarantee.EXACTLY_ONCE;
    }

    /** A deleted document's topic and key can only be told from the body before, unless its id tells them. */
    @Override
    public boolean wantsBefore(Setting to) {
        return to.flag("before", false)
                || to.find("topic")
                        .filter(RecordField::isComputed)
                        .filter(RecordField::looksBack)
                        .isPresent()
                || to.find("key").filter(RecordField::looksBack).isPresent();
    }

    @Override
    public Sink create(SinkRequest request) {
        KafkaTarget target = KafkaTarget.of(request);
        return new KafkaSink(
                target, KafkaConnection.of(request.connection()), KafkaPlace.of(request, target.checkpointTopic()));
    }
}
