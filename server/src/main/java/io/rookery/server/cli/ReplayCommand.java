package io.rookery.server.cli;

import io.rookery.api.Json;
import io.rookery.api.RookeryException;
import io.rookery.etl.route.ReplayFrom;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code rookery replay}: a task delivers again what it has delivered; its source is not read. */
@Command(
        name = "replay",
        mixinStandardHelpOptions = true,
        description = "Deliver again from an earlier place in the feed; the source is not read.")
final class ReplayCommand implements Callable<Integer> {
    @Mixin
    private ApiOptions api;

    @Parameters(paramLabel = "TASK", description = "The task's name.")
    private String task;

    @Option(
            names = "--from",
            paramLabel = "PLACE",
            required = true,
            description = "start, seq:N, or how long ago: 2h, 30m, 1d.")
    private String from;

    @Override
    public Integer call() {
        try {
            ReplayFrom.parse(from);
        } catch (RookeryException e) {
            throw api.usage(e.getMessage() + " for --from");
        }
        Json answer = api.client().post(ApiPath.of("tasks", task, "replay").with("from", from));
        return api.print(
                answer,
                "task " + task + " replays after sequence number "
                        + Fields.of(answer).number("sequence"));
    }
}
