package io.rookery.etl.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.rookery.api.Checkpoint;
import io.rookery.api.DeliveryGuarantee;
import io.rookery.api.Entry;
import io.rookery.api.ErrorCode;
import io.rookery.api.MemoryDatabase;
import io.rookery.api.MemorySink;
import io.rookery.api.MemoryTarget;
import io.rookery.api.RookeryException;
import io.rookery.api.Setting;
import io.rookery.api.Sink;
import io.rookery.api.SinkFactory;
import io.rookery.api.SinkRequest;
import io.rookery.api.Transaction;
import io.rookery.api.Write;
import io.rookery.etl.task.BatchPolicy;
import io.rookery.etl.task.ErrorPolicy;
import io.rookery.etl.task.TaskDefinition;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TaskHostTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    private final MemoryDatabase database = new MemoryDatabase();
    private final MemoryTarget target = new MemoryTarget();
    private final TaskEnvironment environment =
            new TaskEnvironment(() -> "c", name -> Optional.empty(), name -> null, name -> null, Clock.systemUTC());
    private int away;
    private final AtomicInteger opened = new AtomicInteger();
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
                    opened.incrementAndGet();
                    return new MemorySink(target).failWrites(away);
                }
            }));

    @AfterEach
    void closeHost() {
        host.close();
    }

    private Assigned assigned(long epoch, Set<String> paused) {
        return assigned("out", "memory", epoch, paused, "v1");
    }

    private Assigned assigned(String name, String sink, long epoch, Set<String> paused, String connections) {
        ErrorPolicy defaults = ErrorPolicy.DEFAULT;
        ErrorPolicy fast = new ErrorPolicy(
                Duration.ofMillis(5),
                Duration.ofMillis(20),
                defaults.giveUpAfter(),
                defaults.poison(),
                defaults.holdKey(),
                defaults.breaker());
        TaskDefinition task = new TaskDefinition(
                name,
                "",
                Map.of(),
                true,
                TaskDefinition.Kind.DELIVER,
                null,
                sink,
                Setting.of(Map.of("collection", "Things")),
                List.of(Setting.of(Map.of("filter", "doc.n !== 2"))),
                Setting.of(Map.of("memory", "x")),
                fast,
                BatchPolicy.DEFAULT,
                List.of(),
                "task: " + name + " to " + sink);
        return new Assigned("task-" + name, 0, epoch, List.of(task), paused, database, connections);
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

    @Test
    void shouldRunTheOthersWhenOneUnitCannotBeMade() {
        put(1);
        Assigned bad = assigned("bad", "unknown", 1, Set.of(), "v1");
        host.reconcile(List.of(bad, assigned(1, Set.of())));

        await().atMost(LONG).until(() -> target.documents().size() == 1);
        TaskStatus status = host.status("bad").orElseThrow();
        assertThat(status.state()).isEqualTo(TaskState.FAILED);
        assertThat(status.problem().orElseThrow().message()).contains("Expected a known target but found 'unknown'");
        assertThatThrownBy(() -> host.runner("bad"))
                .isInstanceOfSatisfying(
                        RookeryException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_TASK));
        host.reconcile(List.of(bad, assigned(1, Set.of())));
        assertThat(host.status("bad").orElseThrow().since()).isEqualTo(status.since());

        host.reconcile(List.of(assigned("bad", "memory", 1, Set.of(), "v1"), assigned(1, Set.of())));
        await().atMost(LONG)
                .untilAsserted(() ->
                        assertThat(host.status("bad").orElseThrow().state()).isEqualTo(TaskState.RUNNING));
        host.reconcile(List.of(assigned(1, Set.of())));
        assertThat(host.status("bad")).isEmpty();
    }

    @Test
    void shouldOpenTheTargetAnewWhenAConnectionChanged() {
        put(1);
        host.reconcile(List.of(assigned(1, Set.of())));
        await().atMost(LONG).until(() -> target.documents().size() == 1);
        host.reconcile(List.of(assigned(1, Set.of())));
        assertThat(opened).hasValue(1);

        host.reconcile(List.of(assigned("out", "memory", 1, Set.of(), "v2")));
        await().atMost(LONG).untilAsserted(() -> assertThat(opened).hasValue(2));
    }

    @Test
    void shouldForgetAllOfADeletedTaskAndNothingOfAnother() {
        host.reconcile(List.of(assigned(1, Set.of()), assigned("out-2", "memory", 1, Set.of(), "v1")));
        put(1);
        await().atMost(LONG)
                .until(() -> database.checkpoint("task-out").epoch() == 1
                        && database.checkpoint("task-out-2").epoch() == 1);
        host.reconcile(List.of());
        for (int i = 0; i < 1_500; i++) {
            entry("parked/out/things/" + i + "/0000000000000001");
        }
        entry("feed/out");
        entry("feed/out-2");
        entry("parked/out-2/things/1/0000000000000001");

        new DeletedTask(assigned(1, Set.of()).tasks().get(0), true).erase("task-out", database, Clock.systemUTC());

        assertThat(database.entries("", null, 10_000))
                .extracting(Entry::key)
                .containsExactly("feed/out-2", "parked/out-2/things/1/0000000000000001");
        assertThat(database.checkpoint("task-out")).isEqualTo(Checkpoint.NONE);
        assertThat(database.checkpoint("task-out-2").epoch()).isEqualTo(1);
        assertThat(database.document("things/1")).isPresent();
    }

    private void entry(String key) {
        database.commit(Transaction.of(List.of(new Write.PutEntry(key, new byte[1])), 0))
                .join();
    }
}
