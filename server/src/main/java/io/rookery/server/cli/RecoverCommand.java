package io.rookery.server.cli;

import io.rookery.api.ErrorCode;
import io.rookery.api.Json;
import io.rookery.api.RookeryException;
import io.rookery.cluster.Recovery;
import io.rookery.server.DataFolder;
import java.io.Console;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code rookery cluster recover}: the way out when the majority is lost for good; on the node that is left, offline. */
@Command(
        name = "recover",
        mixinStandardHelpOptions = true,
        description = {
            "When the majority of the nodes is lost for good: make the node that is left a cluster of its own.",
            "Run it where that node's data is, while the node is stopped. What only the lost nodes had is lost."
        })
final class RecoverCommand implements Callable<Integer> {
    /** Its options are this command's too. */
    @ParentCommand
    private ClusterCommand cluster;

    @Option(names = "--data", paramLabel = "DIR", required = true, description = "The data folder of the stopped node.")
    private Path data;

    @Option(names = "--node", paramLabel = "TAG", required = true, description = "The node's tag.")
    private String tag;

    @Option(names = "--yes", description = "Do not ask.")
    private boolean yes;

    @Override
    public Integer call() throws Exception {
        if (!Files.isDirectory(data)) {
            throw new RookeryException(ErrorCode.BAD_REQUEST, "Expected a node's data in " + data);
        }
        AutoCloseable lock = DataFolder.lock(data);
        try {
            Recovery recovery = new Recovery(data, tag);
            List<Recovery.Found> found = recovery.look();
            if (!yes) {
                explain(found, cluster.api().out());
                ask();
            }
            recovery.carryOut();
            return cluster.api().print(json(found), out -> {
                out.println("node " + tag + " is a cluster of its own; start it.");
                out.println("Empty the other nodes' data folders before they are started, with --join.");
            });
        } finally {
            lock.close();
        }
    }

    private void explain(List<Recovery.Found> found, PrintWriter out) {
        out.println("Node " + tag + " has these replicas:");
        out.println();
        Table table = new Table("DATABASE", "SHARD", "LAST INDEX", "FORMER MEMBERS");
        found.forEach(one -> table.row(one.database(), one.shard(), one.lastIndex(), String.join(", ", one.members())));
        table.print(out);
        out.println();
        out.println("They become a cluster with this node alone. Lost is what only the other nodes have:");
        out.println(
                "- acknowledged writes behind the last index. Where several nodes are left, look at each with this");
        out.println("  command and go on where the indexes are highest; that node may lack something all the same");
        out.println("- databases that are not in the list");
        out.println("Nothing of this can be taken back. The other nodes must never be started with their data again:");
        out.println("together they would still be the former cluster.");
        out.println();
        out.flush();
    }

    private void ask() {
        Console console =
                Terminal.find().orElseThrow(() -> cluster.api().usage("Expected --yes, or a terminal to confirm at"));
        String typed = console.readLine("Type the node's tag to go on: ");
        if (!tag.equals(typed == null ? "" : typed.trim())) {
            throw cluster.api().usage("Expected " + tag + " but found '" + typed + "': nothing was changed");
        }
    }

    private Json json(List<Recovery.Found> found) {
        return Json.of(Map.of(
                "tag",
                tag,
                "replicas",
                found.stream()
                        .map(one -> Map.of(
                                "database",
                                one.database(),
                                "shard",
                                one.shard(),
                                "lastIndex",
                                one.lastIndex(),
                                "members",
                                one.members()))
                        .toList()));
    }
}
