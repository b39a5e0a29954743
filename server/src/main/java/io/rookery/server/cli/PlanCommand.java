package io.rookery.server.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

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
    private DefinitionFiles files;

    @Override
    public Integer call() {
        return files.rollout().plan(files.read());
    }
}
