package io.rookery.samples.shop;

import static org.assertj.core.api.Assertions.assertThat;

import io.rookery.etl.task.ConnectionDefinition;
import io.rookery.etl.task.ConnectionsFile;
import io.rookery.etl.task.TaskDefinition;
import io.rookery.etl.task.TaskFile;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShopFilesTest {
    @Test
    void shouldParseTheSamplesTasksAndNameOnlyItsConnections() {
        List<TaskDefinition> tasks = ShopFiles.tasks().stream()
                .flatMap(text -> TaskFile.parse("sample", text).stream())
                .toList();
        List<ConnectionDefinition> connections = ConnectionsFile.parse("connections.yaml", ShopFiles.connections());

        assertThat(tasks)
                .extracting(TaskDefinition::name)
                .containsExactlyInAnyOrder("customers-in", "shop-orders", "orders-to-dwh", "orders-out");
        assertThat(tasks)
                .extracting(TaskDefinition::unit)
                .containsExactlyInAnyOrder("source-legacy", "source-legacy", "task-orders-to-dwh", "task-orders-out");
        assertThat(connections)
                .extracting(ConnectionDefinition::name)
                .containsAll(tasks.stream().map(TaskDefinition::connection).toList());
    }
}
