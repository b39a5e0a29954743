package io.rookery.server.cli;

import io.rookery.api.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code rookery secrets}: values go in and never come out. They are never arguments: arguments are seen by all. */
@Command(
        name = "secrets",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Set, list and delete the secrets that connections refer to.")
final class SecretsCommand {
    private static final String SECRETS = "secrets";

    @Mixin
    private ApiOptions api;

    @Command(
            name = "set",
            mixinStandardHelpOptions = true,
            description = "Store a secret; its value is read from standard input or a file.")
    int set(
            @Parameters(paramLabel = "NAME", description = "As in ${secret:NAME}.") String name,
            @Option(names = "--file", paramLabel = "FILE", description = "Holds the value; one line end is cut off.")
                    Path file) {
        String value = new String(new Input(api).secret(file), StandardCharsets.UTF_8);
        String trimmed = value.endsWith("\r\n")
                ? value.substring(0, value.length() - 2)
                : value.endsWith("\n") ? value.substring(0, value.length() - 1) : value;
        if (trimmed.isEmpty()) {
            throw api.usage("Expected a value for the secret '" + name + "' but found nothing");
        }
        Json answer = api.client().put(ApiPath.of(SECRETS, name), Body.plain(trimmed.getBytes(StandardCharsets.UTF_8)));
        return api.print(answer, "secret " + name + " stored");
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "List the secrets' names.")
    int list() {
        Json answer = api.client().get(ApiPath.of(SECRETS));
        return api.print(answer, out -> names(answer).forEach(out::println));
    }

    private static List<String> names(Json answer) {
        Object names = answer.value() instanceof List<?> list
                ? list
                : Fields.of(answer).values().get(SECRETS);
        return new Fields(Map.of("names", names == null ? List.of() : names)).texts("names");
    }

    @Command(name = "delete", mixinStandardHelpOptions = true, description = "Delete a secret.")
    int delete(@Parameters(paramLabel = "NAME", description = "The secret's name.") String name) {
        Json answer = api.client().delete(ApiPath.of(SECRETS, name));
        return api.print(answer, "secret " + name + " deleted");
    }
}
