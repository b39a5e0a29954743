package io.rookery.server.cli;

import io.rookery.api.Json;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code rookery scrub}: has what is stored read again, and shows what was found. */
@Command(
        name = "scrub",
        mixinStandardHelpOptions = true,
        description = "Show what the last scrub of each replica found; with --start begin a new one.")
final class ScrubCommand implements Callable<Integer> {
    @Mixin
    private ApiOptions api;

    @Mixin
    private DatabaseOption database;

    @Option(names = "--start", description = "Read all replicas again, in the background.")
    private boolean start;

    @Override
    public Integer call() {
        ApiPath path = ApiPath.of("databases", database.name(), "scrub");
        if (start) {
            Json answer = api.client().post(path);
            return api.print(
                    answer,
                    "reading again on nodes "
                            + String.join(", ", Fields.of(answer).texts("nodes")));
        }
        Json answer = api.client().get(path);
        return api.print(answer, out -> show(answer, out));
    }

    private static void show(Json answer, PrintWriter out) {
        Table table = new Table("NODE", "SHARD", "STATE", "AT", "MB READ", "HASH", "MESSAGE");
        for (Fields replica : Fields.of(answer).objects("replicas")) {
            table.row(
                    replica.text("node"),
                    replica.number("shard"),
                    replica.text("state"),
                    replica.text("at"),
                    replica.number("bytes") >> 20,
                    replica.text("hash"),
                    replica.text("message"));
        }
        table.print(out);
    }
}
