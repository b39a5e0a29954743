package io.rookery.server.cli;

import io.rookery.api.Json;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code rookery parked}: changes that a target refused, and what becomes of them. */
@Command(
        name = "parked",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "List, show, retry, skip and edit the changes that a target refused.")
final class ParkedCommand {
    private static final int PAGE = 1_000;

    @Mixin
    private ApiOptions api;

    @Command(name = "list", mixinStandardHelpOptions = true, description = "List a task's parked changes.")
    int list(
            @Parameters(paramLabel = "TASK", description = "The task's name.") String task,
            @Option(
                            names = "--limit",
                            paramLabel = "N",
                            defaultValue = "200",
                            description = "At most so many. Default: 200")
                    int limit,
            @Option(names = "--after", paramLabel = "TOKEN", description = "The next page, as the one before names it.")
                    String after) {
        if (limit < 1 || limit > PAGE) {
            throw api.usage("Expected 1 to " + PAGE + " for --limit but found " + limit);
        }
        Json answer = api.client().get(path(task).with("limit", limit).with("after", after));
        return api.print(answer, out -> {
            Table table = new Table("DOCUMENT", "SEQUENCE", "OPERATION", "ATTEMPTS", "SINCE", "ERROR");
            for (Fields parked : Fields.of(answer).objects("parked")) {
                table.row(
                        parked.text("id"),
                        parked.number("sequence"),
                        parked.text("operation"),
                        parked.number("attempts"),
                        Instant.ofEpochMilli(parked.number("since")),
                        parked.text("error").isEmpty() ? "(waits behind the one before it)" : parked.text("error"));
            }
            table.print(out);
            String next = Fields.of(answer).text("next");
            if (!next.isEmpty()) {
                out.println("More: --after '" + next + "'");
            }
        });
    }

    @Command(name = "show", mixinStandardHelpOptions = true, description = "Show one document's parked changes whole.")
    int show(
            @Parameters(paramLabel = "TASK", description = "The task's name.") String task,
            @Parameters(paramLabel = "ID", description = "The document's id.") String id) {
        List<Object> found = new ArrayList<>();
        find(task, id).forEach(change -> found.add(change.values()));
        return api.print(
                Json.of(Map.of("parked", found)), out -> found.forEach(change -> out.println(Json.of(change))));
    }

    /** All parked changes of one document, oldest first. */
    private List<Fields> find(String task, String id) {
        ApiClient client = api.client();
        List<Fields> found = new ArrayList<>();
        String after = null;
        do {
            Fields page = Fields.of(client.get(path(task).with("limit", PAGE).with("after", after)));
            page.objects("parked").stream()
                    .filter(change -> change.text("id").equals(id))
                    .forEach(found::add);
            after = page.text("next", null);
        } while (after != null);
        if (found.isEmpty()) {
            throw new ApiException(
                    ExitCode.REFUSED,
                    "NOT_FOUND",
                    "Expected a parked change of " + id + " in the task " + task + " but found none",
                    true);
        }
        return found;
    }

    @Command(
            name = "retry",
            mixinStandardHelpOptions = true,
            description = "Deliver a document's parked changes now, or those of all documents.")
    int retry(
            @Parameters(paramLabel = "TASK", description = "The task's name.") String task,
            @Parameters(paramLabel = "ID", arity = "0..1", description = "The document's id. Default: all") String id) {
        Json answer = api.client().post(path(task, id == null ? "*" : id, "retry"));
        return api.print(answer, Fields.of(answer).number("delivered") + " delivered");
    }

    @Command(
            name = "skip",
            mixinStandardHelpOptions = true,
            description = "Give up a document's parked changes, or one of them.")
    int skip(
            @Parameters(paramLabel = "TASK", description = "The task's name.") String task,
            @Parameters(paramLabel = "ID", description = "The document's id.") String id,
            @Option(names = "--sequence", paramLabel = "N", description = "Only this change.") Long sequence) {
        Json answer = api.client().post(path(task, id, "skip").with("sequence", sequence));
        return api.print(answer, Fields.of(answer).number("skipped") + " skipped");
    }

    @Command(
            name = "edit",
            mixinStandardHelpOptions = true,
            description = "Replace the document of a parked change by JSON from standard input or a file.")
    int edit(
            @Parameters(paramLabel = "TASK", description = "The task's name.") String task,
            @Parameters(paramLabel = "ID", description = "The document's id.") String id,
            @Option(names = "--sequence", paramLabel = "N", description = "Which change. Default: the first")
                    Long sequence,
            @Option(names = "--file", paramLabel = "FILE", description = "Holds the document.") Path file) {
        Json document = Json.parse(new Input(api).read(file));
        document.asObject();
        long place = sequence != null ? sequence : find(task, id).get(0).number("sequence");
        Json answer = api.client().put(path(task, id).with("sequence", place), Body.json(document));
        return api.print(
                answer, "parked change " + place + " of " + id + " edited; 'rookery parked retry' delivers it");
    }

    private static ApiPath path(String task, String... more) {
        List<String> segments = new ArrayList<>(List.of("tasks", task, "parked"));
        segments.addAll(List.of(more));
        return ApiPath.of(segments.toArray(String[]::new));
    }
}
