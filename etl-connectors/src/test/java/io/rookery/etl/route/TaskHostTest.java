package io.rookery.etl.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.rookery.api.DeliveryGuarantee;
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
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TaskHostTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    private final MemoryDatabase database = new MemoryDatabase();
    private final MemoryTarget target = new MemoryTarget();
    private final TaskEnvironment environment =
            new TaskEnvironment("c", name -> Optional.empty(), name -> null, name -> null, Clock.systemUTC());
    private int away;
    private final TaskHost host = new TaskHost(
            environment,
            (unit, outside) -> {
                throw new AssertionError("no source here");
            },
            Map.of("memory", new SinkFactory() {
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
                    return new MemorySink(target).failWrites(away);
                }
            }));

    @AfterEach
    void closeHost() {
        host.close();
    }

    private Assigned assigned(long epoch, Set<String> paused) {
        ErrorPolicy defaults = ErrorPolicy.DEFAULT;
        ErrorPolicy fast = new ErrorPolicy(
                Duration.ofMillis(5),
                Duration.ofMillis(20),
                defaults.giveUpAfter(),
                defaults.poison(),
                defaults.holdKey(),
                defaults.breaker());
        TaskDefinition task = new TaskDefinition(
                "out",
                "",
                Map.of(),
                true,
                TaskDefinition.Kind.DELIVER,
                null,
                "memory",
                Setting.of(Map.of("collection", "Things")),
                List.of(Setting.of(Map.of("filter", "doc.n !== 2"))),
                Setting.of(Map.of("memory", "x")),
                fast,
                BatchPolicy.DEFAULT,
                List.of(),
                "task: out");
        return new Assigned("task-out", 0, epoch, List.of(task), paused, database);
    }

    private void put(int n) {
        database.put("things/" + n, "Things", "{\"n\":" + n + '}');
    }

    @Test
    void shouldDeliverThroughStepsAndCatchUpAfterTargetWasAway() {
        away = 3;
        put(1);
        put(2);
        host.reconcile(List.of(assigned(1, Set.of())));

        await().atMost(LONG).until(() -> target.changes().size() == 2);
        assertThat(target.documents()).containsOnlyKeys("things/1");
        assertThat(host.status("out").orElseThrow().problem()).isPresent();
        put(3);
        await().atMost(LONG).until(() -> target.documents().containsKey("things/3"));
        await().atMost(LONG)
                .untilAsserted(() ->
                        assertThat(host.status("out").orElseThrow().state()).isEqualTo(TaskState.RUNNING));
    }

    @Test
    void shouldStandStillWhilePausedAndGoOnInNextEpoch() {
        host.reconcile(List.of(assigned(1, Set.of("out"))));
        put(1);
        assertThat(host.status("out").orElseThrow().state()).isEqualTo(TaskState.PAUSED);
        host.reconcile(List.of(assigned(1, Set.of())));
        await().atMost(LONG).until(() -> target.documents().size() == 1);

        host.reconcile(List.of());
        assertThat(host.statuses()).isEmpty();
        assertThat(database.checkpoint("task-out").sequence()).isEqualTo(1);
        put(3);
        host.reconcile(List.of(assigned(2, Set.of())));
        await().atMost(LONG).until(() -> target.documents().size() == 2);
        assertThat(target.changes()).hasSize(2);
        assertThat(host.runner("out").replay("out", ReplayFrom.parse("start")).join())
                .isZero();
        await().atMost(LONG).until(() -> target.changes().size() == 4);
    }
}
