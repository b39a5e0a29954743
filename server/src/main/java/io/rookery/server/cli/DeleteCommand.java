package io.rookery.server.cli;

import io.rookery.api.Json;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code rookery delete}: a task ends for good. */
@Command(
        name = "delete",
        mixinStandardHelpOptions = true,
        description = "Delete a task; its documents and its target stay as they are.")
final class DeleteCommand implements Callable<Integer> {
    @Mixin
    private ApiOptions api;

    @Parameters(paramLabel = "TASK", description = "The task's name.")
    private String task;

    @Override
    public Integer call() {
        Json answer = api.client().delete(ApiPath.of("tasks", task));
        return api.print(answer, "task " + task + " deleted");
    }
}
