package io.rookery.bench.faults;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code rookery faults}: nodes as processes, workloads, faults one after the other, and what the checkers say. */
@Command(
        name = "faults",
        mixinStandardHelpOptions = true,
        description = "Does faults to a cluster of its own under load and checks what its clients saw"
                + " (docs/reliability.md).",
        footer = {
            "",
            "Exit codes: 0 every checker passed, 1 one found a violation,",
            "2 the run is invalid (a fault did not happen), or the command line is wrong."
        })
final class FaultsCommand implements Callable<Integer> {
    @Option(
            names = "--minutes",
            paramLabel = "N",
            defaultValue = "10",
            description = "How long faults go on (default 10). From 5 on, the run ends with a restart of all"
                    + " nodes and idempotency keys that are older than a minute.")
    private double minutes;

    @Option(
            names = "--nemesis",
            paramLabel = "LIST",
            split = ",",
            description = "Only these faults, separated by commas (default all but grow, install and rolling-upgrade):"
                    + " ${COMPLETION-CANDIDATES}",
            completionCandidates = Names.class)
    private List<String> nemesis = List.of();

    @Option(names = "--seed", paramLabel = "S", description = "Chooses the same again (default: another one each time)")
    private Long seed;

    @Option(
            names = "--nodes",
            paramLabel = "N",
            defaultValue = "3",
            description = "3 (default) or 5 nodes; 1 only with grow")
    private int nodes;

    @Option(
            names = "--shards",
            paramLabel = "N",
            defaultValue = "1",
            description = "Shards of the database, 1 (default) to 16")
    private int shards;

    @Option(
            names = "--writes",
            paramLabel = "N",
            defaultValue = "500000",
            description = "Documents that a node misses in install (default 500000)")
    private long writes;

    @Option(
            names = "--from",
            paramLabel = "DIR",
            description = "For rolling-upgrade: a checkout of an older commit that was built; its nodes are started")
    private Path from;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the report there too, one JSON object a line")
    private Path json;

    @Spec
    private CommandSpec spec;

    /** For the help. */
    static final class Names extends ArrayList<String> {
        Names() {
            super(Nemeses.names());
        }
    }

    @Override
    public Integer call() throws IOException {
        Plan plan = plan();
        // nodes that come and go are what is wanted; what goes wrong is in the report
        ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).setLevel(Level.ERROR);
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        Report report = FaultRun.run(plan, out);
        out.print(report);
        if (json != null) {
            Files.write(json, report.json().stream().map(Object::toString).toList());
        }
        return report.exitCode();
    }

    private Plan plan() {
        require(
                nodes == 3 || nodes == 5 || (nodes == 1 && nemesis.equals(List.of("grow"))),
                "Expected 3 or 5 for --nodes, or 1 with only grow for --nemesis, but found " + nodes);
        require(shards >= 1 && shards <= 16, "Expected 1 to 16 for --shards but found " + shards);
        require(
                minutes > 0 && minutes <= 1_440,
                "Expected more than 0 and at most 1440 for --minutes but found " + minutes);
        require(writes > 0 && writes <= 9_999_999, "Expected 1 to 9999999 for --writes but found " + writes);
        require(
                from == null || Release.isBuilt(from),
                "Expected a checkout that was built by its ./rookery for --from but found " + from);
        for (String name : nemesis) {
            require(
                    Nemeses.names().contains(name),
                    "Expected one of " + String.join(", ", Nemeses.names()) + " for --nemesis but found " + name);
        }
        Duration duration = Duration.ofMillis(Math.round(minutes * 60_000));
        long chosen = seed == null ? System.nanoTime() % 1_000_000 : seed;
        return new Plan(new Plan.Shape(nodes, shards, from), duration, nemeses(), false, chosen);
    }

    private List<Nemesis> nemeses() {
        return nemesis.isEmpty()
                ? Nemeses.all()
                : Stream.concat(Nemeses.all().stream(), Nemeses.alone(writes).stream())
                        .filter(one -> nemesis.contains(one.name()))
                        .toList();
    }

    private void require(boolean right, String otherwise) {
        if (!right) {
            throw new ParameterException(spec.commandLine(), otherwise);
        }
    }
}
