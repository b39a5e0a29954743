package io.rookery.server.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import io.rookery.api.ChangeVector;
import io.rookery.api.DeliveryGuarantee;
import io.rookery.api.ErrorCode;
import io.rookery.api.Json;
import io.rookery.cluster.topology.Slots;
import io.rookery.cluster.topology.Topology;
import io.rookery.etl.route.TaskState;
import io.rookery.etl.route.TaskStatus;
import io.rookery.etl.task.TaskFile;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class TaskViewTest {
    private static final String YAML =
            "task: out\nfrom: { collection: Notes }\nto: { sql: dwh, tables: { notes: { key: { id: $id } } } }\n";

    private final UnitStatuses statuses = new UnitStatuses();

    private static StoredTask task() {
        return new StoredTask(TaskFile.parse("out.yaml", YAML).get(0), "shop", false, 1, Set.of(), ChangeVector.NONE);
    }

    private static Topology topology(int shards, String... owners) {
        Map<String, Topology.Assignment> assignments = new LinkedHashMap<>();
        for (int i = 0; i < owners.length; i++) {
            String unit = "task-out" + (i == 0 ? "" : "." + i);
            assignments.put(unit, new Topology.Assignment(unit, owners[i], 4 + i));
        }
        List<Topology.Shard> all = IntStream.range(0, shards)
                .mapToObj(i -> new Topology.Shard(i, "g" + i, List.of("A", "B")))
                .toList();
        return new Topology(
                Map.of(),
                Map.of("shop", new Topology.Database("shop", 2, all, Slots.even(shards))),
                assignments,
                Topology.Supervision.NONE);
    }

    private static TaskStatus status(int shard, TaskState state, long epoch, long sequence) {
        return new TaskStatus(
                "out",
                "task-out",
                shard,
                state,
                epoch,
                sequence,
                sequence + 2,
                shard,
                1.25,
                1,
                10,
                state == TaskState.RUNNING
                        ? Optional.empty()
                        : Optional.of(new TaskStatus.Problem(ErrorCode.SINK_UNREACHABLE, "away", 5)),
                7,
                DeliveryGuarantee.EXACTLY_ONCE);
    }

    private void told(TaskStatus... told) {
        statuses.add(UnitStatuses.encoded(List.of(told)));
    }

    private Map<String, Object> view(Topology topology) {
        return Json.parse(Json.of(new TaskView(topology, statuses).of(task())).bytes())
                .asObject();
    }

    @Test
    void shouldShowTaskOfOneShardAsItsOwnerTellsIt() {
        told(status(0, TaskState.RUNNING, 4, 40));
        assertThat(view(topology(1, "B")))
                .containsEntry("state", "RUNNING")
                .containsEntry("owner", "B")
                .containsEntry("epoch", 4L)
                .containsEntry("checkpoint", 40L)
                .containsEntry("lagChanges", 2L)
                .doesNotContainKeys("shards", "shard");
    }

    @Test
    void shouldShowSumsAndTheWorstStateOfSeveralShards() {
        told(status(0, TaskState.RUNNING, 4, 40), status(1, TaskState.WAITING, 5, 50));
        told(status(2, TaskState.RUNNING, 6, 60));
        Map<String, Object> view = view(topology(3, "B", "A", "B"));
        assertThat(view)
                .containsEntry("state", "WAITING")
                .containsEntry("owner", "A, B")
                .containsEntry("epoch", 6L)
                .containsEntry("checkpoint", 150L)
                .containsEntry("head", 156L)
                .containsEntry("lagChanges", 6L)
                .containsEntry("lagSeconds", 2L)
                .containsEntry("parked", 3L);
        assertThat(view.get("lastError").toString()).contains("away");
        assertThat((List<?>) view.get("shards")).hasSize(3).element(2).satisfies(shard -> assertThat(shard.toString())
                .contains("shard=2", "owner=B", "checkpoint=60"));
    }

    @Test
    void shouldBelieveTheHighestEpochAndSayWhatIsNotKnown() {
        told(status(0, TaskState.WAITING, 3, 30));
        told(status(0, TaskState.RUNNING, 4, 40));
        Map<String, Object> view = view(topology(3, "B", "A"));
        assertThat(view).containsEntry("state", "UNASSIGNED").containsEntry("checkpoint", 40L);
        assertThat(view.get("shards").toString())
                .contains("shard=0, state=RUNNING", "shard=1, state=UNKNOWN", "shard=2, state=UNASSIGNED");
    }

    @Test
    void shouldMergePagesOfParkedChangesInTheOrderOfTheirKeys() {
        Map<Integer, Map<String, Object>> pages = Map.of(
                0, page(null, parked("a/1", 7), parked("c", 2)), 1, page("more", parked("a/1/x", 1), parked("b", 3)));
        Map<String, Object> merged = new ParkedPages("out", pages).merged(3);
        assertThat(merged.get("parked")).isEqualTo(List.of(parked("a/1", 7), parked("a/1/x", 1), parked("b", 3)));
        assertThat(merged).containsEntry("next", "parked/out/b/0000000000000003");
        assertThat(new ParkedPages("out", Map.of(0, page(null), 1, page(null))).merged(3))
                .containsEntry("next", null);
    }

    private static Map<String, Object> parked(String id, long sequence) {
        return Map.of("id", id, "sequence", sequence);
    }

    private static Map<String, Object> page(String next, Object... parked) {
        Map<String, Object> page = new LinkedHashMap<>();
        page.put("parked", List.of(parked));
        page.put("next", next);
        return page;
    }
}
