package io.rookery.server.cli;

import io.rookery.api.Json;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code rookery move}: another node runs the task from now on. */
@Command(name = "move", mixinStandardHelpOptions = true, description = "Let another node run a task.")
final class MoveCommand implements Callable<Integer> {
    @Mixin
    private ApiOptions api;

    @Parameters(paramLabel = "TASK", description = "The task's name.")
    private String task;

    @Option(names = "--to", paramLabel = "TAG", required = true, description = "The node's tag.")
    private String to;

    @Override
    public Integer call() {
        Json answer = api.client().post(ApiPath.of("tasks", task, "move").with("to", to));
        return api.print(answer, "task " + task + " moves to " + to);
    }
}
