package io.rookery.server.cli;

import io.rookery.api.Json;
import java.io.PrintWriter;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code rookery version}: of this command line and its JVM. */
@Command(name = "version", mixinStandardHelpOptions = true, description = "Show the version.")
final class VersionCommand implements Runnable {
    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Spec
    private CommandSpec command;

    @Override
    public void run() {
        PrintWriter out = command.commandLine().getOut();
        if (json) {
            out.println(Json.of(Map.of(
                    "version",
                    Version.current(),
                    "commit",
                    Version.commit(),
                    "java",
                    Runtime.version().toString())));
        } else {
            out.println(Version.withJava());
        }
        out.flush();
    }
}
