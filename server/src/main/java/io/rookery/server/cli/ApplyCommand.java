package io.rookery.server.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

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
    private ApiOptions api;

    @Mixin
    private DatabaseOption database;

    @Parameters(paramLabel = "FILE", arity = "1..*", description = "Files or folders of connections and tasks.")
    private List<Path> files;

    @Override
    public Integer call() {
        return new Rollout(api, database.name()).apply(Definitions.read(files, api));
    }
}
