package io.rookery.server.cli;

import java.util.Optional;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** Which database a command is about. */
final class DatabaseOption {
    @Option(
            names = "--database",
            paramLabel = "NAME",
            scope = ScopeType.INHERIT,
            defaultValue = "${env:ROOKERY_DATABASE}",
            description = "The database. Default: $ROOKERY_DATABASE, or default")
    private String database;

    String name() {
        return chosen().orElse("default");
    }

    /** What the user said, by option or variable. */
    Optional<String> chosen() {
        return Optional.ofNullable(database).filter(name -> !name.isBlank());
    }
}
