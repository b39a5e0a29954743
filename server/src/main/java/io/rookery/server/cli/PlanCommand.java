package io.rookery.server.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code rookery plan}: what {@code apply} would do, and what is wrong. Changes nothing. */
@Command(
        name = "plan",
        mixinStandardHelpOptions = true,
        description = {
            "Say what apply would do: what is new or changed, the delivery guarantee, the SQL to run.",
            "Changes nothing. Ends with 1 when there is any problem."
        })
final class PlanCommand implements Callable<Integer> {
    @Mixin
    private ApiOptions api;

    @Mixin
    private DatabaseOption database;

    @Parameters(paramLabel = "FILE", arity = "1..*", description = "Files or folders of connections and tasks.")
    private List<Path> files;

    @Override
    public Integer call() {
        return new Rollout(api, database.name()).plan(Definitions.read(files, api));
    }
}
