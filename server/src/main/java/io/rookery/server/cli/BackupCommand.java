package io.rookery.server.cli;

import io.rookery.api.Json;
import java.io.PrintWriter;
import java.time.Instant;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code rookery backup}: takes, lists and verifies backups of a database, at the place of the node that is asked. */
@Command(
        name = "backup",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Take, list and verify backups of a database.")
final class BackupCommand {
    @Mixin
    private ApiOptions api;

    @Mixin
    private DatabaseOption database;

    private ApiPath path(String... more) {
        return more.length == 0
                ? ApiPath.of("databases", database.name(), "backup")
                : ApiPath.of("databases", database.name(), "backup", more[0]);
    }

    @Command(
            name = "create",
            mixinStandardHelpOptions = true,
            description = "Begin a backup at the place of the node that is asked, or go on with an unfinished one.")
    int create(
            @Option(names = "--incremental", description = "Only what changed since the last backup there.")
                    boolean incremental) {
        Json answer = api.client().post(path().with("kind", incremental ? "incremental" : "full"));
        Fields job = Fields.of(answer);
        return api.print(answer, "backup " + job.text("backup") + " runs on node " + job.text("node"));
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "List the backups and what runs.")
    int list() {
        Json answer = api.client().get(path());
        return api.print(answer, out -> show(Fields.of(answer), out));
    }

    private static void show(Fields answer, PrintWriter out) {
        Table table = new Table("BACKUP", "NODE", "KIND", "TAKEN", "FROM", "TO", "EVERY VERSION FROM", "RECORDS", "MB");
        for (Fields backup : answer.objects("backups")) {
            for (Fields shard : backup.objects("shards")) {
                table.row(
                        backup.text("id"),
                        backup.text("node"),
                        backup.text("kind"),
                        Instant.ofEpochMilli(backup.number("taken")),
                        shard.number("from"),
                        shard.number("to"),
                        shard.number("everyVersionFrom"),
                        backup.number("records"),
                        backup.number("bytes") >> 20);
            }
        }
        table.print(out);
        for (Fields problem : answer.objects("problems")) {
            out.println("node " + problem.text("node") + ": " + problem.text("message"));
        }
        for (Fields job : answer.objects("jobs")) {
            out.println(job.text("kind") + " " + job.text("backup") + " on node " + job.text("node") + ": "
                    + job.text("state") + ", " + job.number("records") + " records " + job.text("message"));
        }
    }

    @Command(
            name = "verify",
            mixinStandardHelpOptions = true,
            description = "Compare a backup's files, and those it goes on from, with their checksums.")
    int verify(
            @Parameters(paramLabel = "BACKUP", arity = "0..1", description = "The backup. Default: the newest")
                    String id) {
        Json answer = api.client().post(path("verify").with("backup", id));
        return api.print(answer, "verifying " + Fields.of(answer).text("backup") + "; see backup list");
    }
}
