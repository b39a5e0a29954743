package io.rookery.server.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code rookery apply}: brings connections, then tasks, to the cluster. A file that is wrong changes nothing. */
@Command(
        name = "apply",
        mixinStandardHelpOptions = true,
        description = {
            "Bring connections, then tasks, to the cluster.",
            "All files are checked first: one that is wrong changes nothing."
        })
final class ApplyCommand implements Callable<Integer> {
    @Mixin
    private DefinitionFiles files;

    @Override
    public Integer call() {
        return files.rollout().apply(files.read());
    }
}
