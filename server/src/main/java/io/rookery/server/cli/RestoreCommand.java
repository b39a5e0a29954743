package io.rookery.server.cli;

import io.rookery.api.Json;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code rookery restore}: makes a new database from a backup. */
@Command(
        name = "restore",
        mixinStandardHelpOptions = true,
        description = {
            "Restore a backup, from the folder of the node that is asked, into a new database.",
            "With --state show how far a database's restore is."
        })
final class RestoreCommand implements Callable<Integer> {
    @Mixin
    private ApiOptions api;

    @Parameters(paramLabel = "NEW", description = "The database that is made.")
    private String database;

    @Option(names = "--from", paramLabel = "NAME", description = "The database that the backup is of.")
    private String from;

    @Option(names = "--backup", paramLabel = "ID", description = "The backup. Default: the newest")
    private String backup;

    @Option(names = "--sequence", paramLabel = "N", description = "Up to this sequence number.")
    private Long sequence;

    @Option(names = "--time", paramLabel = "TIME", description = "Up to this time, as 2026-01-31T18:00:00Z.")
    private String time;

    @Option(names = "--replicas", paramLabel = "N", description = "On how many nodes. Default: 1")
    private Integer replicas;

    @Option(names = "--shards", paramLabel = "N", description = "In how many shards. Default: as the backup has")
    private Integer shards;

    @Option(names = "--state", description = "Only show how far it is.")
    private boolean state;

    @Override
    public Integer call() {
        ApiPath path = ApiPath.of("databases", database, "restore");
        if (state) {
            Json answer = api.client().get(path);
            return api.print(
                    answer,
                    database + ": " + Fields.of(answer).text("state") + ", from "
                            + Fields.of(answer).text("from") + "/"
                            + Fields.of(answer).text("backup"));
        }
        if (from == null) {
            throw api.usage("Expected --from: the database that the backup is of");
        }
        Json answer = api.client()
                .post(path.with("from", from)
                        .with("backup", backup)
                        .with("sequence", sequence)
                        .with("time", time)
                        .with("replicas", replicas)
                        .with("shards", shards));
        Fields job = Fields.of(answer);
        return api.print(
                answer, "restoring " + job.text("backup") + " into " + database + " on node " + job.text("node"));
    }
}
