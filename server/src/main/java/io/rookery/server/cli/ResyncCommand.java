package io.rookery.server.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code rookery resync}: a source is read again; only differences become changes. */
@Command(
        name = "resync",
        mixinStandardHelpOptions = true,
        description = "Read the source's tables again and apply only what differs.")
final class ResyncCommand implements Callable<Integer> {
    @Mixin
    private NamedTask task;

    @Override
    public Integer call() {
        return task.post("resync", "is resynced");
    }
}
