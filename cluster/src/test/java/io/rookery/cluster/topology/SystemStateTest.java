package io.rookery.cluster.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.rookery.api.ChangeVector;
import io.rookery.api.Document;
import io.rookery.api.Json;
import io.rookery.api.Write;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Databases as the system shard's documents have them, of every time. */
public final class SystemStateTest {
    private static Document document(Json body) {
        return new Document("databases/shop", "@databases", new ChangeVector("system", 7), 1, body);
    }

    @Test
    public void shouldReadADatabaseOfATimeBeforeShards() {
        SystemState.Base base = SystemState.base(document(Json.parse("{\"name\":\"shop\",\"replicas\":3,\"shards\":"
                + "[{\"number\":0,\"group\":\"g0\",\"nodes\":[\"A\",\"B\"],\"made\":true}]}")));

        assertThat(base.database())
                .isEqualTo(new Topology.Database(
                        "shop", 3, List.of(new Topology.Shard(0, "g0", List.of("A", "B"))), Slots.ONE));
        assertThat(base.made()).containsExactly(0L);
    }

    @Test
    public void shouldWriteADatabaseOfOneShardAsItAlwaysWas() {
        Topology.Database database =
                new Topology.Database("shop", 1, List.of(new Topology.Shard(0, "g0", List.of("A"))), Slots.ONE);

        assertThat(body(database, List.of(0L)))
                .hasToString("{\"name\":\"shop\",\"replicas\":1,\"shards\":"
                        + "[{\"number\":0,\"group\":\"g0\",\"nodes\":[\"A\"],\"made\":true}]}");
    }

    @Test
    public void shouldKeepSlotsAndMoves() {
        Topology.Database database = new Topology.Database(
                "shop",
                2,
                List.of(
                        new Topology.Shard(0, "g0", List.of("A", "B")),
                        new Topology.Shard(1, "g1", List.of("B", "C", "A"), List.of("B"))),
                Slots.even(2));

        Json body = body(database, List.of(1L));

        assertThat(SystemState.base(document(body)).database()).isEqualTo(database);
        assertThat(SystemState.base(document(body)).made()).containsExactly(1L);
        // as it is stored for ever
        assertThat(body.toString()).endsWith("\"slots\":[{\"from\":0,\"shard\":0},{\"from\":524288,\"shard\":1}]}");
    }

    private static Json body(Topology.Database database, List<Long> made) {
        return ((Write.PutDocument) SystemState.put(database, made, ChangeVector.NONE)).body();
    }
}
