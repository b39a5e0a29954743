package io.rookery.server.cli;

import io.rookery.api.Json;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code rookery resync}: a source is read again; only differences become changes. */
@Command(
        name = "resync",
        mixinStandardHelpOptions = true,
        description = "Read the source's tables again and apply only what differs.")
final class ResyncCommand implements Callable<Integer> {
    @Mixin
    private ApiOptions api;

    @Parameters(paramLabel = "TASK", description = "The task's name.")
    private String task;

    @Override
    public Integer call() {
        Json answer = api.client().post(ApiPath.of("tasks", task, "resync"));
        return api.print(answer, "task " + task + " is resynced");
    }
}
