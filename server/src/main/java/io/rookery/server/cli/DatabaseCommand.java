package io.rookery.server.cli;

import io.rookery.api.Json;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code rookery database}: creates, lists and deletes databases, moves and splits their shards. */
@Command(
        name = "database",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Create, list and delete databases, move and split their shards.")
final class DatabaseCommand {
    private static final String DATABASES = "databases";

    @Mixin
    private ApiOptions api;

    @Command(
            name = "create",
            mixinStandardHelpOptions = true,
            description = "Create a database; one that exists stays as it is.")
    int create(
            @Parameters(paramLabel = "NAME", description = "The database's name.") String name,
            @Option(
                            names = "--replicas",
                            paramLabel = "N",
                            description = "On how many nodes. Default: the node decides")
                    Integer replicas,
            @Option(
                            names = "--shards",
                            paramLabel = "N",
                            description = "Into how many parts its documents are divided, 1 to 16. Default: 1")
                    Integer shards) {
        if (shards != null && (shards < 1 || shards > 16)) {
            throw api.usage("Expected 1 to 16 for --shards but found " + shards);
        }
        if (replicas != null && replicas < 1) {
            throw api.usage("Expected at least 1 for --replicas but found " + replicas);
        }
        Json answer = api.client()
                .put(ApiPath.of(DATABASES, name).with("replicas", replicas).with("shards", shards));
        return api.print(answer, "database " + name + " exists");
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "List the databases.")
    int list() {
        Json answer = api.client().get(ApiPath.of(DATABASES));
        return api.print(answer, out -> show(Fields.of(answer), out));
    }

    @Command(
            name = "move",
            mixinStandardHelpOptions = true,
            description = "Give a shard's replica to another node, while it is read and written.")
    int move(
            @Parameters(paramLabel = "NAME", description = "The database's name.") String name,
            @Option(names = "--shard", paramLabel = "N", required = true, description = "The shard's number.")
                    int shard,
            @Option(names = "--from", paramLabel = "TAG", required = true, description = "The node that has it.")
                    String from,
            @Option(names = "--to", paramLabel = "TAG", required = true, description = "The node that shall have it.")
                    String to) {
        if (shard < 0) {
            throw api.usage("Expected a shard's number from 0 for --shard but found " + shard);
        }
        Json answer = api.client()
                .post(ApiPath.of(DATABASES, name, "shards", String.valueOf(shard), "move")
                        .with("from", from)
                        .with("to", to));
        return api.print(answer, "shard " + shard + " of " + name + " is on " + to);
    }

    @Command(
            name = "split",
            mixinStandardHelpOptions = true,
            description = "Give half of a shard to a new one, while it is read and written.")
    int split(
            @Parameters(paramLabel = "NAME", description = "The database's name.") String name,
            @Option(names = "--shard", paramLabel = "N", required = true, description = "The shard's number.")
                    int shard,
            @Option(
                            names = "--slots",
                            paramLabel = "FIRST-LAST",
                            description = "The slots to give. Default: the upper half of the shard's biggest range")
                    String slots) {
        if (shard < 0) {
            throw api.usage("Expected a shard's number from 0 for --shard but found " + shard);
        }
        ApiPath path = ApiPath.of(DATABASES, name, "shards", String.valueOf(shard), "split");
        if (slots != null) {
            if (!slots.matches("\\d{1,7}-\\d{1,7}")) {
                throw api.usage("Expected two slots like 524288-1048575 for --slots but found " + slots);
            }
            String[] ends = slots.split("-");
            path = path.with("first", ends[0]).with("last", ends[1]);
        }
        Json answer = api.client().post(path);
        return api.print(answer, "shard " + shard + " of " + name + " is split");
    }

    private static void show(Fields answer, PrintWriter out) {
        Table table = new Table("DATABASE", "REPLICAS", "SHARD", "NODES");
        for (Fields database : answer.objects(DATABASES)) {
            for (Fields shard : database.objects("shards")) {
                table.row(
                        database.text("name"),
                        database.number("replicas"),
                        shard.number("number"),
                        String.join(", ", shard.texts("nodes")));
            }
        }
        table.print(out);
    }

    @Command(
            name = "delete",
            mixinStandardHelpOptions = true,
            description = "Delete a database with all its documents.")
    int delete(@Parameters(paramLabel = "NAME", description = "The database's name.") String name) {
        Json answer = api.client().delete(ApiPath.of(DATABASES, name));
        return api.print(answer, "database " + name + " deleted");
    }
}
