package io.rookery.bench;

import io.rookery.api.DocumentDatabase;
import io.rookery.etl.mirror.SourceRunner;
import io.rookery.etl.route.Assigned;
import io.rookery.etl.route.ReplayFrom;
import io.rookery.etl.route.TaskEnvironment;
import io.rookery.etl.route.TaskHost;
import io.rookery.etl.route.TaskStatus;
import io.rookery.etl.task.ConnectionDefinition;
import io.rookery.etl.task.ConnectionsFile;
import io.rookery.etl.task.TaskDefinition;
import io.rookery.etl.task.TaskFile;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Tasks that run in this JVM as on a node, and are made to deliver everything again. */
final class Delivering implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final DocumentDatabase database;
    private final TaskHost host;

    /** @param connections YAML of each by its name */
    Delivering(DocumentDatabase database, String tasks, Map<String, String> connections) throws Exception {
        this.database = database;
        TaskEnvironment environment = environment(connections);
        host = new TaskHost(environment, SourceRunner::new);
        List<TaskDefinition> definitions = TaskFile.parse("bench.yaml", tasks);
        host.reconcile(definitions.stream()
                .map(task -> new Assigned(task.unit(), 0, 1, List.of(task), Set.of(), database, ""))
                .toList());
        for (TaskDefinition task : definitions) {
            awaitEnd(task.name());
        }
    }

    static TaskEnvironment environment(Map<String, String> connections) {
        return new TaskEnvironment(
                () -> "bench", name -> connection(connections, name), name -> null, name -> null, Clock.systemUTC());
    }

    private static Optional<ConnectionDefinition> connection(Map<String, String> connections, String name) {
        return Optional.ofNullable(connections.get(name)).map(text -> ConnectionsFile.parseOne(name, text));
    }

    /** From the first change to the newest. */
    void deliverAgain(String task) throws Exception {
        host.runner(task).replay(task, new ReplayFrom.Start()).get(60, TimeUnit.SECONDS);
        awaitEnd(task);
    }

    private void awaitEnd(String task) throws Exception {
        long head = database.beyond(0).get(60, TimeUnit.SECONDS);
        Lap.await(
                () -> {
                    TaskStatus status = host.status(task).orElseThrow();
                    status.problem().ifPresent(problem -> {
                        throw new IllegalStateException(task + ": " + problem.message());
                    });
                    return status.sequence() >= head;
                },
                PATIENCE);
    }

    @Override
    public void close() {
        host.close();
    }
}
