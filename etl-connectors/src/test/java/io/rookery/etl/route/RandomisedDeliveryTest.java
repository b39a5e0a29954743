package io.rookery.etl.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rookery.api.Batch;
import io.rookery.api.Change;
import io.rookery.api.Checkpoint;
import io.rookery.api.DeliveryGuarantee;
import io.rookery.api.ErrorCode;
import io.rookery.api.FeedRequest;
import io.rookery.api.Json;
import io.rookery.api.ManualClock;
import io.rookery.api.MemoryDatabase;
import io.rookery.api.MemorySink;
import io.rookery.api.MemoryTarget;
import io.rookery.api.RookeryException;
import io.rookery.api.Setting;
import io.rookery.api.Sink;
import io.rookery.api.SinkFactory;
import io.rookery.api.SinkRequest;
import io.rookery.api.TransientSinkException;
import io.rookery.etl.task.BatchPolicy;
import io.rookery.etl.task.ErrorPolicy;
import io.rookery.etl.task.TaskDefinition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Feed, delivery and a sink that fails at random, with owners that vanish between any two effects. */
class RandomisedDeliveryTest {
    private static final int STEPS = 600;

    /** An owner's process died here. */
    private static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private final MemoryDatabase database = new MemoryDatabase();
    private final MemoryTarget target = new MemoryTarget();
    private final ManualClock clock = new ManualClock();
    private final TaskRoutes routes = new TaskRoutes();
    private Random random = new Random(0);
    private boolean faults = true;
    private boolean mended;
    private boolean replays;
    private long epoch;
    private final Set<String> preparing = ConcurrentHashMap.newKeySet();

    @AfterEach
    void closeRoutes() {
        routes.close();
    }

    /** Fails before or after the effect, as a network does. */
    private final class FlakySink implements Sink {
        private final MemorySink sink = new MemorySink(target)
                .reject(change -> !mended
                        && change.document() != null
                        && change.document().asObject().containsKey("poison"));

        @Override
        public Checkpoint open(long newEpoch) {
            return sink.open(newEpoch);
        }

        /** Leaves the random numbers alone: which thread comes first must not matter to them. */
        @Override
        public Prepared prepare(Batch batch) {
            preparing.add(Thread.currentThread().getName());
            return () -> write(batch);
        }

        @Override
        public void write(Batch batch) {
            if (faults && random.nextInt(8) == 0) {
                throw new TransientSinkException("away", null);
            }
            dieSometimes();
            sink.write(batch);
            dieSometimes();
        }

        @Override
        public void close() {
            sink.close();
        }
    }

    private void dieSometimes() {
        if (faults && random.nextInt(25) == 0) {
            throw new Killed();
        }
    }

    private final SinkFactory factory = new SinkFactory() {
        @Override
        public String kind() {
            return "memory";
        }

        @Override
        public List<String> connectionKinds() {
            return List.of();
        }

        @Override
        public DeliveryGuarantee guarantee() {
            return DeliveryGuarantee.EXACTLY_ONCE;
        }

        @Override
        public Sink create(SinkRequest request) {
            return new FlakySink();
        }
    };

    private static TaskDefinition task() {
        return new TaskDefinition(
                "out",
                "",
                Map.of(),
                true,
                TaskDefinition.Kind.DELIVER,
                null,
                "memory",
                Setting.of(Map.of("collection", "Things")),
                List.of(),
                Setting.of(Map.of("memory", "x")),
                ErrorPolicy.DEFAULT,
                new BatchPolicy(7, 1 << 20, Duration.ZERO),
                List.of(),
                "task: out");
    }

    private Delivery owner() {
        epoch++;
        TaskEnvironment environment =
                new TaskEnvironment(() -> "c", name -> Optional.empty(), name -> null, name -> null, clock);
        return new Delivery(
                new Assigned("task-out", 0, epoch, List.of(task()), Set.of(), database, ""),
                task(),
                factory,
                environment,
                routes);
    }

    private void writeSomething() {
        String id = "things/" + random.nextInt(12);
        int choice = random.nextInt(20);
        if (choice == 0) {
            database.delete(id);
        } else if (choice == 1) {
            database.put(id, "Things", "{\"poison\":1}");
        } else if (choice == 2) {
            database.put("others/1", "Others", "{}");
        } else {
            database.put(id, "Things", "{\"n\":" + random.nextInt() + "}");
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void shouldDeliverEveryChangeOnceAndInOrderThroughFaults(long seed) {
        run(seed);
        requireHeldInOrder();

        faults = false;
        mended = true;
        Delivery delivery = owner();
        delivery.open();
        drain(delivery);
        delivery.retryAll();
        delivery.settle();

        assertThat(delivery.parkedTotal()).isZero();
        requireOnceAndInOrder();
        assertThat(preparing)
                .contains("rookery-task-out-ahead", Thread.currentThread().getName());
        delivery.close();
    }

    /** Writes come one by one and in bursts of many pages, so that there is something to read ahead. */
    private void run(long seed) {
        random = new Random(seed);
        Delivery delivery = owner();
        for (int i = 0; i < STEPS; i++) {
            for (int left = random.nextInt(12) == 0 ? 60 : 1; left > 0; left--) {
                writeSomething();
            }
            clock.advance(Duration.ofMillis(random.nextInt(700)));
            delivery = act(delivery);
        }
        delivery.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void shouldEndWithTheNewestOfEachDocumentThroughFaultsAndReplays(long seed) {
        replays = true;
        run(seed);

        faults = false;
        mended = true;
        Delivery delivery = owner();
        delivery.open();
        drain(delivery);
        delivery.retryAll();
        delivery.replay(new ReplayFrom.Start());
        int before = target.changes().size();
        drain(delivery);
        delivery.retryAll();

        assertThat(byDocument(target.changes().subList(before, target.changes().size())))
                .isEqualTo(byDocument(ofFeed()));
        delivery.close();
    }

    private Delivery act(Delivery delivery) {
        try {
            if (random.nextInt(30) == 0) {
                return owner(); // the former one is frozen, not closed
            }
            if (!delivery.isOpen()) {
                delivery.open();
            }
            int choice = random.nextInt(12);
            mended = choice == 0;
            if (choice <= 1) {
                delivery.retryAll();
            } else if (choice == 2) {
                command(delivery);
            } else {
                delivery.step();
            }
        } catch (RookeryException e) {
            boolean killed = e.getCause() instanceof Killed;
            boolean expected = e.code() == ErrorCode.SINK_UNREACHABLE || e.code() == ErrorCode.UNAVAILABLE || killed;
            assertThat(expected).as("unexpected: %s", e).isTrue();
            return killed ? owner() : delivery;
        } finally {
            mended = false;
        }
        return delivery;
    }

    /** What operators do between two pages. */
    private void command(Delivery delivery) {
        if (replays && random.nextInt(4) == 0) {
            delivery.replay(new ReplayFrom.Sequence(1 + random.nextInt((int) delivery.position() + 1)));
        } else {
            delivery.settle(); // a pause
        }
    }

    private static void drain(Delivery delivery) {
        boolean more = true;
        while (more) {
            more = delivery.step();
        }
    }

    /** What was delivered of a document lies before all of it that is parked. */
    private void requireHeldInOrder() {
        Map<String, Long> newest = new HashMap<>();
        target.changes().forEach(change -> newest.put(change.id(), change.sequence()));
        for (ParkedChange parked : ParkedChanges.list("out", database, null, 10_000)) {
            boolean deliveredButNotRemoved = target.checkpoint().retried() == parked.sequence();
            if (!deliveredButNotRemoved) {
                assertThat(newest.getOrDefault(parked.id(), 0L)).isLessThan(parked.sequence());
            }
        }
    }

    private void requireOnceAndInOrder() {
        assertThat(byDocument(target.changes())).isEqualTo(byDocument(ofFeed()));
    }

    private List<Change> ofFeed() {
        return database.read(new FeedRequest(0, 100_000, 1L << 30, "Things", false))
                .changes();
    }

    private static Map<String, List<Long>> byDocument(List<Change> changes) {
        Map<String, List<Long>> sequences = new TreeMap<>();
        changes.forEach(change ->
                sequences.computeIfAbsent(change.id(), id -> new ArrayList<>()).add(change.sequence()));
        return sequences;
    }

    @Test
    void shouldFenceFormerOwnerWhenNewOneHasOpened() {
        faults = false;
        Delivery former = owner();
        former.open();
        Delivery next = owner();
        next.open();
        database.put("things/1", "Things", "{}");

        assertThatThrownBy(former::step).isInstanceOfSatisfying(RookeryException.class, e -> assertThat(e.code())
                .isEqualTo(ErrorCode.FENCED));
        next.step();
        assertThat(target.changes()).hasSize(1);
    }

    @Test
    void shouldDeliverAgainWhenReplayedAndFromTargetsPlaceWhenRestored() {
        faults = false;
        Delivery delivery = owner();
        delivery.open();
        for (int i = 1; i <= 20; i++) {
            database.put("things/" + i, "Things", "{}");
        }
        drain(delivery);

        assertThat(delivery.replay(new ReplayFrom.Sequence(15))).isEqualTo(14);
        drain(delivery);
        assertThat(target.changes()).hasSize(26);

        target.restore(1);
        Delivery next = owner();
        next.open();
        assertThat(next.position()).isEqualTo(7);
        drain(next);
        assertThat(target.documents()).hasSize(20);
    }

    @Test
    void shouldDeliverEditedDocumentFirstWhenRetried() {
        faults = false;
        Delivery delivery = owner();
        delivery.open();
        database.put("things/1", "Things", "{\"poison\":1}");
        database.put("things/1", "Things", "{\"n\":2}");
        database.put("things/2", "Things", "{\"n\":3}");
        drain(delivery);
        assertThat(target.changes()).extracting(Change::id).containsExactly("things/2");
        assertThat(delivery.retry("things/1")).isZero();
        assertThat(ParkedChanges.list("out", database, null, 10).get(0).attempts())
                .isEqualTo(2);

        delivery.edit("things/1", 1, Json.parse("{\"n\":1}"));

        assertThat(delivery.retry("things/1")).isEqualTo(2);
        assertThat(target.changes()).extracting(Change::sequence).containsExactly(3L, 1L, 2L);
    }
}
