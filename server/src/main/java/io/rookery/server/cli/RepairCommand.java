package io.rookery.server.cli;

import io.rookery.api.Json;
import io.rookery.cluster.Quarantine;
import io.rookery.server.DataFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code rookery repair}: sets a damaged replica aside, so that it is made anew from the other nodes. */
@Command(
        name = "repair",
        mixinStandardHelpOptions = true,
        description = {
            "Set a node's damaged replica aside; the cluster makes a new one from the others.",
            "With --node of a node that runs; with --data of one that does not, on its machine."
        })
final class RepairCommand implements Callable<Integer> {
    @Mixin
    private ApiOptions api;

    @Mixin
    private DatabaseOption database;

    @Option(names = "--shard", paramLabel = "N", defaultValue = "0", description = "The shard. Default: 0")
    private int shard;

    @Option(names = "--node", paramLabel = "TAG", description = "The node, which runs.")
    private String node;

    @Option(names = "--data", paramLabel = "DIR", description = "The data folder of the node, which does not run.")
    private Path data;

    @Option(names = "--force", description = "With --data: also where the node knows of less than 3 replicas.")
    private boolean force;

    @Override
    public Integer call() throws Exception {
        if ((node == null) == (data == null)) {
            throw api.usage("Expected either --node or --data");
        }
        if (node != null) {
            Json answer = api.client()
                    .post(ApiPath.of("databases", database.name(), "repair")
                            .with("node", node)
                            .with("shard", shard));
            return api.print(
                    answer,
                    "set aside on node " + node + ": " + Fields.of(answer).text("quarantine"));
        }
        if (!Files.isDirectory(data.resolve("shards"))) {
            throw api.usage("Expected a node's data folder for --data but found no shards in " + data);
        }
        AutoCloseable lock = DataFolder.lock(data);
        try {
            Path place = Quarantine.take(data, database.name(), shard, force);
            return api.print(
                    Json.of(Map.of("quarantine", place.toString())),
                    "set aside: " + place + "; start the node, and the replica comes back from the others");
        } finally {
            lock.close();
        }
    }
}
