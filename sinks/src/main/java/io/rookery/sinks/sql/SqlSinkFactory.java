package io.rookery.sinks.sql;

import io.rookery.api.DeliveryGuarantee;
import io.rookery.api.Setting;
import io.rookery.api.Sink;
import io.rookery.api.SinkFactory;
import io.rookery.api.SinkRequest;
import io.rookery.api.Value;
import io.rookery.api.Values;
import java.util.List;

/** Makes sinks for {@code sql:}. */
public final class SqlSinkFactory implements SinkFactory {
    @Override
    public String kind() {
        return "sql";
    }

    @Override
    public List<String> connectionKinds() {
        return List.of("postgres");
    }

    @Override
    public DeliveryGuarantee guarantee() {
        return DeliveryGuarantee.EXACTLY_ONCE;
    }

    /** Where a key comes from the body, only the body before tells which rows a deleted or changed document had. */
    @Override
    public boolean wantsBefore(Setting to) {
        Value nothing = scope -> null;
        Values values = new Values(new io.rookery.api.ExpressionEngine() {
            @Override
            public Value compile(String source, Setting where) {
                return nothing;
            }

            @Override
            public void close() {}
        });
        return SqlTarget.of(to, values).tables().stream().anyMatch(table -> !table.ownedById());
    }

    @Override
    public Sink create(SinkRequest request) {
        SqlTarget target = SqlTarget.of(request.to(), new Values(request.expressions()));
        if (request.shard() > 0) {
            target.refuseGuardsOverShards(request.to());
        }
        return new SqlSink(
                new SqlCheckpoints(request.task(), request.shard()),
                target,
                PostgresConnection.of(request.connection()));
    }
}
