package io.rookery.bench;

import io.rookery.cluster.ReplicatedStore;
import io.rookery.samples.servers.EmbeddedKafkaServer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Documents to Kafka by a task next to a plain transactional producer of the same documents and batches. One node. */
final class KafkaMeasure implements Measure {
    private static final double TARGET = 0.6;
    /** The producer's side holds them all. */
    private static final int MOST_DOCUMENTS = 50_000;

    private static final String TASK =
            """
            task: orders
            from: { collection: Orders }
            to: { kafka: main, topic: task-orders, key: $id, format: plain }
            """;

    @Override
    public String name() {
        return "kafka";
    }

    @Override
    public List<Result> run(Session session) throws Exception {
        Path folder = session.folder("kafka");
        Orders orders = new Orders(Math.min(MOST_DOCUMENTS, session.pace().documents()));
        try (EmbeddedKafkaServer kafka = EmbeddedKafkaServer.start(session.folder("broker"));
                Nodes nodes = Nodes.start(folder, 1)) {
            ReplicatedStore store = nodes.database("bench");
            orders.fill(store);
            String connection = "kafka: { servers: [\"" + kafka.bootstrapServers() + "\"] }";
            try (Delivering tasks = new Delivering(store, TASK, Map.of("main", connection));
                    PlainProducer plain = new PlainProducer(
                            kafka.bootstrapServers(), PlainProducer.records(store, "Orders", "plain-orders"))) {
                Map<String, Double> found = new Duel()
                        .side("task", Lap.laps(() -> lap(orders, () -> tasks.deliverAgain("orders"))))
                        .side("plain producer", Lap.laps(() -> lap(orders, plain::sendAll)))
                        .run(session);
                return List.of(Result.of("kafka-orders", found.get("task"), "docs/s")
                        .against(found.get("plain producer"), TARGET));
            }
        }
    }

    /** One way of sending all. */
    @FunctionalInterface
    private interface Way {
        void send() throws Exception;
    }

    private static Lap.Done lap(Orders orders, Way way) throws Exception {
        long start = System.nanoTime();
        way.send();
        return new Lap.Done(orders.count(), System.nanoTime() - start);
    }
}
