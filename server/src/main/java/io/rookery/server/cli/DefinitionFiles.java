package io.rookery.server.cli;

import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** The files of a plan or an application, and the database that they are for. */
final class DefinitionFiles {
    @Mixin
    private ApiOptions api;

    @Mixin
    private DatabaseOption database;

    @Parameters(paramLabel = "FILE", arity = "1..*", description = "Files or folders of connections and tasks.")
    private List<Path> files;

    Definitions read() {
        return Definitions.read(files, api);
    }

    Rollout rollout() {
        return new Rollout(api, database.name());
    }
}
