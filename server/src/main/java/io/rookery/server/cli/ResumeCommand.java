package io.rookery.server.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code rookery resume}: a task goes on from its checkpoint. */
@Command(
        name = "resume",
        mixinStandardHelpOptions = true,
        description = "Let a task go on that was paused, stopped or failed.")
final class ResumeCommand implements Callable<Integer> {
    @Mixin
    private NamedTask task;

    @Override
    public Integer call() {
        return task.post("resume", "resumed");
    }
}
