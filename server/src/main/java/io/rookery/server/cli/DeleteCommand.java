package io.rookery.server.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code rookery delete}: a task ends for good. */
@Command(
        name = "delete",
        mixinStandardHelpOptions = true,
        description = "Delete a task; its documents and its target stay as they are.")
final class DeleteCommand implements Callable<Integer> {
    @Mixin
    private NamedTask task;

    @Override
    public Integer call() {
        return task.print(task.api().client().delete(task.path()), "deleted");
    }
}
