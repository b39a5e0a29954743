package io.rookery.server.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code rookery pause}: a task rests, its checkpoint stays. */
@Command(name = "pause", mixinStandardHelpOptions = true, description = "Stop a task's deliveries until it is resumed.")
final class PauseCommand implements Callable<Integer> {
    @Mixin
    private NamedTask task;

    @Override
    public Integer call() {
        return task.post("pause", "paused");
    }
}
