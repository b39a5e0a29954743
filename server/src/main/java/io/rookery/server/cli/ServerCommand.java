package io.rookery.server.cli;

import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import io.rookery.server.Rookery;
import io.rookery.server.RookeryConfig;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code rookery server}: runs a node until SIGTERM. */
@Command(
        name = "server",
        mixinStandardHelpOptions = true,
        description = "Runs a node until it is ended (SIGTERM, Ctrl-C).",
        footer = {
            "",
            "Exit codes: 0 ended as asked, 78 the configuration was refused,",
            "70 the node cannot go on (the log says why; start it again)."
        })
public final class ServerCommand implements Callable<Integer> {
    private static final int REFUSED_CONFIGURATION = 78;
    private static final int INTERNAL = 70;

    @Spec
    private CommandSpec spec;

    @Option(names = "--node", paramLabel = "TAG", description = "Node tag: A, B, C … (default A).")
    private String node;

    @Option(names = "--data", paramLabel = "DIR", description = "Folder of the node's data (default ./data).")
    private String data;

    @Option(
            names = "--http",
            paramLabel = "HOST:PORT",
            description = "Where the HTTP API listens (default 127.0.0.1:8080).")
    private String http;

    @Option(
            names = "--raft",
            paramLabel = "HOST:PORT",
            description = "Where the other nodes reach this one (default 127.0.0.1:9090).")
    private String raft;

    @Option(names = "--url", paramLabel = "URL", description = "Public URL of the HTTP API (default from --http).")
    private String url;

    @Option(
            names = "--join",
            paramLabel = "URL",
            description = "A node of the cluster to join; without it an empty data folder founds a cluster.")
    private String join;

    @Option(names = "--config", paramLabel = "FILE", description = "YAML file with these and more keys.")
    private Path config;

    /** Found by the command line. */
    public ServerCommand() {}

    @Override
    public Integer call() throws InterruptedException {
        Map<String, String> options = new LinkedHashMap<>();
        put(options, "node", node);
        put(options, "data", data);
        put(options, "http", http);
        put(options, "raft", raft);
        put(options, "url", url);
        put(options, "join", join);
        Rookery rookery;
        try {
            rookery = Rookery.start(RookeryConfig.read(config, options));
        } catch (RookeryException e) {
            spec.commandLine().getErr().println(e.code() + ": " + e.getMessage());
            return e.code() == ErrorCode.BAD_CONFIGURATION ? REFUSED_CONFIGURATION : INTERNAL;
        } catch (RuntimeException e) {
            spec.commandLine().getErr().println("The node could not start: " + e.getMessage());
            e.printStackTrace(spec.commandLine().getErr());
            return INTERNAL;
        }
        CountDownLatch ended = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(rookery, ended), "shutdown"));
        ended.await();
        return 0;
    }

    /** The JVM's own answer to SIGTERM is 143; a node that ended cleanly says 0. */
    private static void end(Rookery rookery, CountDownLatch ended) {
        rookery.close();
        ended.countDown();
        Runtime.getRuntime().halt(0);
    }

    private static void put(Map<String, String> options, String key, String value) {
        if (value != null) {
            options.put(key, value);
        }
    }
}
