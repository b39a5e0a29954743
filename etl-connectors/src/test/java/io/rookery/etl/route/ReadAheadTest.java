package io.rookery.etl.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.rookery.api.Batch;
import io.rookery.api.Change;
import io.rookery.api.Checkpoint;
import io.rookery.api.DeliveryGuarantee;
import io.rookery.api.ManualClock;
import io.rookery.api.MemoryDatabase;
import io.rookery.api.MemorySink;
import io.rookery.api.MemoryTarget;
import io.rookery.api.Setting;
import io.rookery.api.Sink;
import io.rookery.api.SinkFactory;
import io.rookery.api.SinkRequest;
import io.rookery.etl.task.BatchPolicy;
import io.rookery.etl.task.ErrorPolicy;
import io.rookery.etl.task.TaskDefinition;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The page behind the one that the target is taking: a sink that does not end before that page is prepared. */
class ReadAheadTest {
    private final MemoryDatabase database = new MemoryDatabase();
    private final MemoryTarget target = new MemoryTarget();
    private final TaskRoutes routes = new TaskRoutes();
    private final Semaphore preparedAhead = new Semaphore(0);
    private Delivery delivery;

    /** Waits at each write but the last for the batch behind it, which is prepared by another thread. */
    private final class PatientSink implements Sink {
        private final Thread owner = Thread.currentThread();
        private final MemorySink sink = new MemorySink(target)
                .reject(change -> change.document() != null
                        && change.document().asObject().containsKey("poison"));

        @Override
        public Checkpoint open(long epoch) {
            return sink.open(epoch);
        }

        @Override
        public Prepared prepare(Batch batch) {
            if (Thread.currentThread() != owner) {
                preparedAhead.release();
            }
            return () -> write(batch);
        }

        @Override
        public void write(Batch batch) {
            if (batch.checkpoint().sequence() == 2) {
                await();
            }
            sink.write(batch);
        }

        private void await() {
            try {
                assertThat(preparedAhead.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
                preparedAhead.release();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public void close() {
            sink.close();
        }
    }

    @BeforeEach
    void makeDelivery() {
        SinkFactory factory = new SinkFactory() {
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
                return new PatientSink();
            }
        };
        TaskDefinition task = new TaskDefinition(
                "out",
                "",
                Map.of(),
                true,
                TaskDefinition.Kind.DELIVER,
                null,
                "memory",
                Setting.of(Map.of("collection", "Things")),
                List.of(Setting.of(Map.of("filter", "doc.n !== 99"))),
                Setting.of(Map.of("memory", "x")),
                ErrorPolicy.DEFAULT,
                new BatchPolicy(2, 1 << 20, Duration.ZERO),
                List.of(),
                "task: out");
        delivery = new Delivery(
                new Assigned("task-out", 0, 1, List.of(task), Set.of(), database, ""),
                task,
                factory,
                new TaskEnvironment(() -> "c", name -> Optional.empty(), name -> null, name -> null, new ManualClock()),
                routes);
        delivery.open();
    }

    @AfterEach
    void close() {
        delivery.close();
        routes.close();
    }

    private void drain() {
        boolean more = true;
        while (more) {
            more = delivery.step();
        }
    }

    private List<Long> sequences() {
        return target.changes().stream().map(Change::sequence).toList();
    }

    @Test
    void shouldPrepareNextPageWhileTheTargetTakesOne() {
        for (int i = 1; i <= 5; i++) {
            database.put("things/" + i, "Things", "{\"n\":" + i + "}");
        }

        drain();

        assertThat(preparedAhead.availablePermits()).isPositive();
        assertThat(sequences()).containsExactly(1L, 2L, 3L, 4L, 5L);
        assertThat(target.batches())
                .extracting(batch -> batch.checkpoint().sequence())
                .containsExactly(2L, 4L, 5L);
    }

    @Test
    void shouldHoldADocumentsChangesOfThePreparedPageWhenItIsParkedMeanwhile() {
        database.put("things/1", "Things", "{\"poison\":1}");
        database.put("things/2", "Things", "{\"n\":2}");
        database.put("things/1", "Things", "{\"n\":3}");
        database.put("things/3", "Things", "{\"n\":4}");
        database.put("things/4", "Things", "{\"n\":5}");

        drain();

        assertThat(sequences()).containsExactly(2L, 4L, 5L);
        assertThat(ParkedChanges.list("out", database, null, 10))
                .extracting(ParkedChange::sequence)
                .containsExactly(1L, 3L);
    }

    @Test
    void shouldForgetThePreparedPageWhenReplayed() {
        for (int i = 1; i <= 5; i++) {
            database.put("things/" + i, "Things", "{\"n\":" + i + "}");
        }
        assertThat(delivery.step()).isTrue();

        delivery.replay(new ReplayFrom.Start());
        drain();

        assertThat(sequences()).containsExactly(1L, 2L, 1L, 2L, 3L, 4L, 5L);
    }
}
