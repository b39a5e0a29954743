package io.rookery.bench;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.rookery.api.Json;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code rookery bench}: every measure after the other, then the table. Exit code 0 when all could be measured, whether
 * targets were met or not; 1 when one failed.
 */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = "Measures this version next to what it is built on, and prints the table of docs/performance.md.")
final class BenchCommand implements Callable<Integer> {
    @Option(
            names = "--quick",
            description = "5 s of warm-up and 5 s of measuring a comparison, small data: shows that it works, no more")
    private boolean quick;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "60",
            description = "Seconds of warm-up, and again of measuring, for each comparison (default 60).")
    private int seconds;

    @Option(names = "--only", paramLabel = "NAME", description = "Only this measure; may be given several times")
    private List<String> only = List.of();

    @Option(names = "--json", paramLabel = "FILE", description = "Write the results there too, one JSON object a line")
    private Path json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        List<Measure> chosen = chosen();
        // peers that come and go are what is measured; what goes wrong is thrown
        ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).setLevel(Level.ERROR);
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        List<Result> results = new ArrayList<>();
        Map<String, String> skipped = new LinkedHashMap<>();
        int failed = 0;
        try (Session session = Session.open(quick ? Pace.QUICK : Pace.full(seconds), out)) {
            for (Measure measure : chosen) {
                if (measure.lacks().isPresent()) {
                    skipped.put(measure.name(), measure.lacks().get());
                    continue;
                }
                session.tell("%s …", measure.name());
                try {
                    List<Result> found = measure.run(session);
                    results.addAll(found);
                    session.tell("%s", ResultTable.of(found)); // a long run may be ended before the last one
                } catch (Exception e) {
                    failed++;
                    session.tell("%s could not be measured: %s", measure.name(), e);
                }
            }
        }
        out.print(ResultTable.of(results));
        skipped.forEach((measure, lacking) -> out.printf("%s was skipped: %s%n", measure, lacking));
        if (json != null) {
            Files.write(json, lines(results, skipped));
        }
        return failed == 0 ? 0 : 1;
    }

    /** For a file: an object for each result and each measure that was skipped. */
    static List<String> lines(List<Result> results, Map<String, String> skipped) {
        List<String> lines = new ArrayList<>();
        results.forEach(result -> lines.add(result.json().toString()));
        skipped.forEach((measure, lacking) -> lines.add(
                Json.of(Map.of("measure", measure, "skipped", lacking)).toString()));
        return lines;
    }

    private List<Measure> chosen() {
        List<Measure> all = Measures.all();
        List<String> names = all.stream().map(Measure::name).toList();
        for (String name : only) {
            if (!names.contains(name)) {
                throw new ParameterException(
                        spec.commandLine(),
                        "Expected one of " + names.stream().collect(Collectors.joining(", ")) + " for --only but found "
                                + name);
            }
        }
        return all.stream()
                .filter(measure -> only.isEmpty() || only.contains(measure.name()))
                .toList();
    }
}
