package io.rookery.server.cli;

import io.rookery.api.Json;
import java.io.PrintWriter;
import java.net.URI;
import java.util.List;
import java.util.function.Consumer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** What every command has that asks a node, also each of its subcommands. */
final class ApiOptions {
    @Option(
            names = "--url",
            paramLabel = "URL",
            split = ",",
            scope = ScopeType.INHERIT,
            defaultValue = "${env:ROOKERY_URL:-http://127.0.0.1:8080}",
            description = {
                "A node's URL; several by commas: the next is asked when one does not answer.",
                "Default: $ROOKERY_URL, or http://127.0.0.1:8080"
            })
    private List<String> urls;

    @Option(
            names = "--json",
            scope = ScopeType.INHERIT,
            description = "Print JSON, one document or one a line, and nothing else.")
    private boolean json;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    ApiClient client() {
        for (String url : urls) {
            check(url);
        }
        return new ApiClient(urls);
    }

    private void check(String url) {
        try {
            URI uri = URI.create(url);
            if (uri.getHost() != null && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
                return;
            }
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command.commandLine(), notUrl(url), e);
        }
        throw new ParameterException(command.commandLine(), notUrl(url));
    }

    private static String notUrl(String url) {
        return "Expected a URL like http://127.0.0.1:8080 for --url but found '" + url + "'";
    }

    boolean json() {
        return json;
    }

    PrintWriter out() {
        return command.commandLine().getOut();
    }

    PrintWriter err() {
        return command.commandLine().getErr();
    }

    /** Prints the answer as it came, or as text. */
    int print(Json answer, Consumer<PrintWriter> text) {
        if (json) {
            out().println(answer);
        } else {
            text.accept(out());
        }
        out().flush();
        return ExitCode.OK.number();
    }

    /** Prints the answer as it came, or a sentence. */
    int print(Json answer, String sentence) {
        return print(answer, out -> out.println(sentence));
    }

    /** A wrong argument, noticed after parsing. */
    ParameterException usage(String message) {
        return new ParameterException(command.commandLine(), message);
    }
}
