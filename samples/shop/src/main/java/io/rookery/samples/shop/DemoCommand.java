package io.rookery.samples.shop;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code rookery demo}: the web shop on a cluster of three processes that loses nodes, compared at the end. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = {
            "Runs the sample shop: two PostgreSQL servers, a Kafka broker and three nodes start here,",
            "a writer lives in the legacy shop, nodes are killed (kill -9), and at the end source tables,",
            "documents, SQL rows and Kafka records are compared."
        },
        footer = {
            "",
            "Exit codes: 0 all equal, and the tasks of killed nodes were taken over by others;",
            "1 something differs or a takeover is missing; 2 wrong options."
        })
public final class DemoCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "60",
            description = "How long the writer works (default ${DEFAULT-VALUE}).")
    private int seconds;

    @Option(
            names = "--scale",
            paramLabel = "N",
            defaultValue = "1",
            description = "Size of the shop: N x 1000 orders, N x 200 customers (default ${DEFAULT-VALUE}).")
    private int scale;

    @Option(
            names = "--kills",
            paramLabel = "N",
            defaultValue = "1",
            description = {
                "How many nodes are killed: one at half time, or more at random moments,",
                "in turn the leader, an owner of a task, a follower (default ${DEFAULT-VALUE})."
            })
    private int kills;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "50",
            description = "Transactions of the writer a second (default ${DEFAULT-VALUE}).")
    private int rate;

    @Option(names = "--seed", paramLabel = "N", description = "Repeats the writer's steps and the choice of nodes.")
    private Long seed;

    @Option(names = "--keep", description = "After the verdict the writer goes on until Ctrl-C; all folders are kept.")
    private boolean keep;

    @Option(names = "--json", description = "One JSON object a line; the last one is the verdict.")
    private boolean json;

    /** Found by the command line. */
    public DemoCommand() {}

    @Override
    public Integer call() throws SQLException {
        RunOptions options;
        try {
            options = new RunOptions(seconds, scale, kills, rate, seed == null ? System.nanoTime() : seed);
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        // what runs in this JVM besides the demo (the broker, the clients) speaks only when it fails
        ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).setLevel(Level.OFF);
        RunView view = json ? new JsonView(System.out) : new TextView(System.out, TextView.onTerminal());
        ShopCluster cluster = ShopCluster.inNewFolder();
        Thread onSignal = new Thread(() -> end(cluster, !keep), "demo-end");
        Runtime.getRuntime().addShutdownHook(onSignal);
        boolean passed = false;
        try {
            passed = run(cluster, options, view);
            return passed ? 0 : 1;
        } catch (RuntimeException | SQLException e) {
            if (cluster.isClosed()) {
                return 130; // Ctrl-C: whatever failed, failed because of it
            }
            cluster.note(e);
            view.event("Failed: " + e.getMessage());
            return 1;
        } finally {
            if (!cluster.isClosed()) {
                Runtime.getRuntime().removeShutdownHook(onSignal);
                end(cluster, passed && !keep);
                if (!passed || keep) {
                    view.event("Logs and data are kept in " + cluster.folder());
                }
            }
        }
    }

    private boolean run(ShopCluster cluster, RunOptions options, RunView view) throws SQLException {
        view.event("Starting two PostgreSQL servers, a Kafka broker and three nodes in " + cluster.folder());
        cluster.start(new ShopGenerator(options.scale()));
        cluster.nodes()
                .forEach((tag, node) -> view.event("Node " + tag + " at " + node.url() + ", process " + node.pid()));
        view.event("Legacy database " + cluster.legacyUrl() + ", reporting database " + cluster.reportingUrl()
                + ", Kafka " + cluster.kafkaServers() + ", seed " + options.seed());
        try (ShopRun run = new ShopRun(cluster, options, view)) {
            run.apply();
            RunResult result = run.run();
            if (keep) {
                view.event("Everything goes on until Ctrl-C; logs and data are kept in " + cluster.folder());
                run.goOn();
            }
            return result.passed();
        }
    }

    private static void end(ShopCluster cluster, boolean delete) {
        cluster.close();
        if (delete) {
            cluster.delete();
        }
    }
}
