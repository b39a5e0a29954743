package io.rookery.server.cli;

import io.rookery.api.Json;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** The task that a command names, and how a node is asked about it. */
final class NamedTask {
    @Mixin
    private ApiOptions api;

    @Parameters(paramLabel = "TASK", description = "The task's name.")
    private String name;

    ApiOptions api() {
        return api;
    }

    ApiPath path() {
        return ApiPath.of("tasks", name);
    }

    ApiPath path(String action) {
        return ApiPath.of("tasks", name, action);
    }

    /** Asks for one action without parameters. */
    int post(String action, String done) {
        return print(api.client().post(path(action)), done);
    }

    /** Prints the answer as it came, or what became of the task: {@code task NAME DONE}. */
    int print(Json answer, String done) {
        return api.print(answer, "task " + name + ' ' + done);
    }
}
