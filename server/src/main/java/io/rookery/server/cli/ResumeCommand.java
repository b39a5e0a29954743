package io.rookery.server.cli;

import io.rookery.api.Json;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code rookery resume}: a task goes on from its checkpoint. */
@Command(
        name = "resume",
        mixinStandardHelpOptions = true,
        description = "Let a task go on that was paused, stopped or failed.")
final class ResumeCommand implements Callable<Integer> {
    @Mixin
    private ApiOptions api;

    @Parameters(paramLabel = "TASK", description = "The task's name.")
    private String task;

    @Override
    public Integer call() {
        Json answer = api.client().post(ApiPath.of("tasks", task, "resume"));
        return api.print(answer, "task " + task + " resumed");
    }
}
