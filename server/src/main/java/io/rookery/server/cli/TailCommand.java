package io.rookery.server.cli;

import io.rookery.api.Json;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code rookery tail}: the changes of a database, each once and in order, also when the node that is asked goes away. */
@Command(
        name = "tail",
        mixinStandardHelpOptions = true,
        description = "Print the changes of a database, from the beginning or a token on.")
final class TailCommand implements Callable<Integer> {
    /** The token stands first, and is found without parsing the document behind it. */
    private static final Pattern TOKEN = Pattern.compile("\\{\"(token|checkpoint)\":\"([^\"]+)\"");

    private static final Duration LONGEST_OUTAGE = Duration.ofMinutes(1);

    @Mixin
    private ApiOptions api;

    @Mixin
    private DatabaseOption database;

    @Option(names = "--collection", paramLabel = "NAME", description = "Only this collection's changes.")
    private String collection;

    @Option(
            names = "--since",
            paramLabel = "TOKEN",
            defaultValue = "0",
            description = "Only changes after this token, as 0:42. Default: all")
    private String since;

    @Option(names = "--follow", description = "Wait for more, until interrupted.")
    private boolean follow;

    @Option(names = "--limit", paramLabel = "N", description = "End after so many changes.")
    private Long limit;

    private String place;
    private long printed;
    private long seen;

    @Override
    public Integer call() {
        if (limit != null && limit < 1) {
            throw api.usage("Expected at least 1 for --limit but found " + limit);
        }
        ApiClient client = api.client();
        place = since;
        long lastAnswer = System.nanoTime();
        do {
            try {
                seen = 0;
                client.lines(path(), this::line);
                lastAnswer = System.nanoTime();
            } catch (ApiException e) {
                if (seen > 0) {
                    lastAnswer = System.nanoTime();
                }
                if (!follow || !e.passing() || System.nanoTime() - lastAnswer > LONGEST_OUTAGE.toNanos()) {
                    throw e;
                }
                LockSupport.parkNanos(Duration.ofMillis(500).toNanos());
            }
        } while (wantsMore() && (follow || seen > 0));
        return ExitCode.OK.number();
    }

    private ApiPath path() {
        return ApiPath.of("databases", database.name(), "feed")
                .with("since", place)
                .with("collection", collection)
                .with("wait", follow ? "30s" : null);
    }

    private boolean wantsMore() {
        return (limit == null || printed < limit) && !api.out().checkError();
    }

    private boolean line(String line) {
        Matcher token = TOKEN.matcher(line);
        if (!token.lookingAt()) {
            throw new ApiException(
                    ExitCode.INTERNAL, "INTERNAL", "Expected a change of the feed but found " + line, true);
        }
        place = token.group(2);
        if (token.group(1).equals("token")) {
            seen++;
            printed++;
            api.out().println(api.json() ? line : readable(line));
        }
        return wantsMore();
    }

    private static String readable(String line) {
        Fields change = Fields.of(Json.parse(line));
        Object document = change.values().get("document");
        return change.text("token") + "  " + change.text("operation") + "  " + change.text("id")
                + (document == null ? "" : "  " + Json.of(document));
    }
}
