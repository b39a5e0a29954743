package io.rookery.server.cli;

import io.rookery.api.Json;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code rookery cluster}: shows nodes and shards; nodes come, go, rest, and lead the cluster or do not. */
@Command(
        name = "cluster",
        mixinStandardHelpOptions = true,
        description = "Show the nodes and the shards.",
        subcommands = {SupervisorCommand.class, RecoverCommand.class})
final class ClusterCommand implements Callable<Integer> {
    private static final String NODES = "nodes";

    @Mixin
    private ApiOptions api;

    ApiOptions api() {
        return api;
    }

    @Override
    public Integer call() {
        Json answer = api.client().get(ApiPath.of("cluster"));
        return api.print(answer, out -> show(Fields.of(answer), out));
    }

    private static void show(Fields cluster, PrintWriter out) {
        out.println("cluster " + cluster.text("id") + ", asked node " + cluster.text("tag") + ", leader "
                + cluster.text("leader", "none") + ", feature level " + cluster.number("featureLevel")
                + (cluster.text("supervisor").equals("suspended") ? ", supervisor suspended" : ""));
        out.println();
        Table nodes = new Table("NODE", "ROLE", "ALIVE", "DISK", "URL", "RAFT");
        for (Fields node : cluster.objects(NODES)) {
            nodes.row(
                    node.text("tag"),
                    node.text("role") + (node.flag("drained") ? ", drained" : ""),
                    node.flag("alive") ? "yes" : "no",
                    disk(node),
                    node.text("url"),
                    node.text("raft"));
        }
        nodes.print(out);
        out.println();
        Table shards =
                new Table("DATABASE", "SHARD", "LEADER", "NODES", "ROLE HERE", "TERM", "APPLIED", "LAG OF PEERS");
        for (Fields shard : cluster.objects("shards")) {
            shards.row(
                    shard.text("database"),
                    shard.text("shard"),
                    shard.text("leader", "none"),
                    nodes(shard),
                    shard.text("role"),
                    shard.number("term"),
                    shard.number("applied"),
                    lag(shard));
        }
        shards.print(out);
    }

    private static String disk(Fields node) {
        Fields disk = node.object("disk");
        return disk.values().isEmpty()
                ? ""
                : disk.text("state") + ", " + (disk.number("free") >> 20) + " of " + (disk.number("total") >> 20)
                        + " MB free";
    }

    /** Who has it, the one to ask first in front. */
    private static String nodes(Fields shard) {
        return shard.objects(NODES).stream()
                .map(node -> node.text("role").equals("Member")
                        ? node.text("tag")
                        : node.text("tag") + " (" + node.text("role") + ')')
                .collect(Collectors.joining(", "));
    }

    private static String lag(Fields shard) {
        return shard.objects("peers").stream()
                .filter(peer -> peer.values().get("lag") != null)
                .map(peer -> peer.text("tag") + ' ' + peer.number("lag"))
                .collect(Collectors.joining(", "));
    }

    @Command(name = "add", mixinStandardHelpOptions = true, description = "Add a node that runs and waits to join.")
    int add(
            @Parameters(paramLabel = "TAG", description = "The node's tag, as B.") String tag,
            @Parameters(paramLabel = "HTTP-URL", description = "Its URL.") String url,
            @Parameters(paramLabel = "RAFT", description = "Its HOST:PORT for Raft.") String raft) {
        Map<String, Object> node = new LinkedHashMap<>();
        node.put("tag", tag);
        node.put("url", url);
        node.put("raft", raft);
        Json answer = api.client().post(ApiPath.of("cluster", NODES), Json.of(node));
        return api.print(answer, "node " + tag + " added");
    }

    @Command(name = "remove", mixinStandardHelpOptions = true, description = "Remove a node for good.")
    int remove(@Parameters(paramLabel = "TAG", description = "The node's tag.") String tag) {
        Json answer = api.client().delete(ApiPath.of("cluster", NODES, tag));
        return api.print(answer, "node " + tag + " removed");
    }

    @Command(
            name = "drain",
            mixinStandardHelpOptions = true,
            description = "Before maintenance: a node leads nothing and runs no tasks any more; its replicas stay.")
    int drain(@Parameters(paramLabel = "TAG", description = "The node's tag.") String tag) {
        return mark(tag, "drain", " is drained: what is left on it can be nowhere else");
    }

    @Command(
            name = "undrain",
            mixinStandardHelpOptions = true,
            description = "After maintenance: a node does all again.")
    int undrain(@Parameters(paramLabel = "TAG", description = "The node's tag.") String tag) {
        return mark(tag, "undrain", " is no longer drained");
    }

    @Command(
            name = "demote",
            mixinStandardHelpOptions = true,
            description = "Make a node a watcher: it does not lead the cluster itself.")
    int demote(@Parameters(paramLabel = "TAG", description = "The node's tag.") String tag) {
        return mark(tag, "demote", " is a watcher");
    }

    @Command(name = "promote", mixinStandardHelpOptions = true, description = "Make a watcher a member again.")
    int promote(@Parameters(paramLabel = "TAG", description = "The node's tag.") String tag) {
        return mark(tag, "promote", " is a member");
    }

    private int mark(String tag, String verb, String sentence) {
        Json answer = api.client().post(ApiPath.of("cluster", NODES, tag, verb));
        return api.print(answer, "node " + tag + sentence);
    }
}
