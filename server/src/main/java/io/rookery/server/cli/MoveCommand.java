package io.rookery.server.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code rookery move}: another node runs the task from now on. */
@Command(name = "move", mixinStandardHelpOptions = true, description = "Let another node run a task.")
final class MoveCommand implements Callable<Integer> {
    @Mixin
    private NamedTask task;

    @Option(names = "--to", paramLabel = "TAG", required = true, description = "The node's tag.")
    private String to;

    @Option(names = "--shard", paramLabel = "N", description = "Only its part for this shard. Default: all that fit")
    private Integer shard;

    @Override
    public Integer call() {
        return task.print(
                task.api().client().post(task.path("move").with("to", to).with("shard", shard)), "moves to " + to);
    }
}
