package io.rookery.server.cli;

import io.rookery.api.Json;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code rookery pause}: a task rests, its checkpoint stays. */
@Command(name = "pause", mixinStandardHelpOptions = true, description = "Stop a task's deliveries until it is resumed.")
final class PauseCommand implements Callable<Integer> {
    @Mixin
    private ApiOptions api;

    @Parameters(paramLabel = "TASK", description = "The task's name.")
    private String task;

    @Override
    public Integer call() {
        Json answer = api.client().post(ApiPath.of("tasks", task, "pause"));
        return api.print(answer, "task " + task + " paused");
    }
}
