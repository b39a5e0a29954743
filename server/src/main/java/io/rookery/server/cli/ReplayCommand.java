package io.rookery.server.cli;

import io.rookery.api.Json;
import io.rookery.api.RookeryException;
import io.rookery.etl.route.ReplayFrom;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code rookery replay}: a task delivers again what it has delivered; its source is not read. */
@Command(
        name = "replay",
        mixinStandardHelpOptions = true,
        description = "Deliver again from an earlier place in the feed; the source is not read.")
final class ReplayCommand implements Callable<Integer> {
    @Mixin
    private NamedTask task;

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
            throw task.api().usage(e.getMessage() + " for --from");
        }
        Json answer = task.api().client().post(task.path("replay").with("from", from));
        Fields places = Fields.of(answer).object("sequences");
        return task.print(
                answer,
                places.values().isEmpty()
                        ? "replays after sequence number " + Fields.of(answer).number("sequence")
                        : "replays after the sequence numbers of its shards " + places.values());
    }
}
