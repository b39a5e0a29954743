package io.rookery.server.cli;

import io.rookery.api.Json;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code rookery connections}: where the outside systems are. */
@Command(
        name = "connections",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "List, show, apply, check and delete connections.")
final class ConnectionsCommand {
    static final String CONNECTIONS = "connections";

    @Mixin
    private ApiOptions api;

    @Command(name = "list", mixinStandardHelpOptions = true, description = "List the connections.")
    int list() {
        Json answer = api.client().get(ApiPath.of(CONNECTIONS));
        return api.print(answer, out -> {
            Table table = new Table("CONNECTION", "KIND");
            Fields.of(answer)
                    .objects(CONNECTIONS)
                    .forEach(connection -> table.row(connection.text("name"), connection.text("kind")));
            table.print(out);
        });
    }

    @Command(
            name = "show",
            mixinStandardHelpOptions = true,
            description = "Show a connection as it was written: secrets are references.")
    int show(@Parameters(paramLabel = "NAME", description = "The connection's name.") String name) {
        Json answer = api.client().get(ApiPath.of(CONNECTIONS, name));
        return api.print(answer, answer.toString());
    }

    @Command(
            name = "apply",
            mixinStandardHelpOptions = true,
            description = "Store the connections of files or folders, without any task.")
    int apply(@Parameters(paramLabel = "FILE", arity = "1..*", description = "Files or folders.") List<Path> files) {
        Definitions definitions = Definitions.read(files, api);
        if (!definitions.tasks().isEmpty()) {
            throw api.usage("Expected connections but found the task '"
                    + definitions.tasks().get(0).definition().name() + "' in "
                    + definitions.tasks().get(0).file() + "; 'rookery apply' takes both");
        }
        return new Rollout(api, "default").apply(definitions);
    }

    @Command(
            name = "check",
            mixinStandardHelpOptions = true,
            description = "Let a node connect and look whether it has the rights it needs.")
    int check(@Parameters(paramLabel = "NAME", description = "The connection's name.") String name) {
        Json answer = api.client().post(ApiPath.of(CONNECTIONS, name, "check"));
        Fields result = Fields.of(answer);
        boolean ok = result.flag("ok");
        api.print(answer, out -> {
            out.println("connection " + name + (ok ? " is good" : " does not work"));
            result.texts("messages").forEach(message -> out.println("  " + message));
        });
        return ok ? ExitCode.OK.number() : ExitCode.REFUSED.number();
    }

    @Command(name = "delete", mixinStandardHelpOptions = true, description = "Delete a connection.")
    int delete(@Parameters(paramLabel = "NAME", description = "The connection's name.") String name) {
        Json answer = api.client().delete(ApiPath.of(CONNECTIONS, name));
        return api.print(answer, "connection " + name + " deleted");
    }
}
