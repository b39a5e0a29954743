package io.rookery.server.cli;

import io.rookery.api.Json;
import io.rookery.api.Setting;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code rookery tasks}: what every task is doing, once or for as long as one looks. */
@Command(name = "tasks", mixinStandardHelpOptions = true, description = "Show what the tasks are doing.")
final class TasksCommand implements Callable<Integer> {
    private static final String CLEAR_SCREEN = "\033[H\033[2J";

    @Mixin
    private ApiOptions api;

    @Mixin
    private DatabaseOption database;

    @Parameters(paramLabel = "TASK", arity = "0..1", description = "Only this one, with its YAML.")
    private String task;

    @Option(names = "--watch", description = "Again and again, until interrupted.")
    private boolean watch;

    @Option(names = "--every", paramLabel = "TIME", defaultValue = "2s", description = "How often. Default: 2s")
    private String every;

    @Override
    public Integer call() {
        ApiClient client = api.client();
        Duration pause = Setting.duration(every)
                .filter(duration -> !duration.isZero())
                .orElseThrow(() -> api.usage("Expected a duration like 2s for --every but found '" + every + "'"));
        if (!watch) {
            return show(client);
        }
        while (!api.out().checkError()) {
            look(client);
            LockSupport.parkNanos(pause.toNanos());
        }
        return ExitCode.OK.number();
    }

    /** A cluster that is electing a leader is what one watches for: it must not end the watch. */
    private void look(ApiClient client) {
        try {
            show(client);
        } catch (ApiException e) {
            if (!e.passing()) {
                throw e;
            }
            api.err().println(Failure.describe(e));
        }
    }

    private int show(ApiClient client) {
        if (task != null) {
            Json answer = client.get(ApiPath.of("tasks", task));
            return api.print(answer, out -> one(Fields.of(answer), out));
        }
        Json answer = client.get(
                ApiPath.of("tasks").with("database", database.chosen().orElse(null)));
        return api.print(answer, out -> all(Fields.of(answer), out));
    }

    private void clear(PrintWriter out) {
        if (watch && Terminal.find().isPresent()) {
            out.print(CLEAR_SCREEN);
        }
    }

    private void all(Fields answer, PrintWriter out) {
        Table table = new Table("TASK", "STATE", "OWNER", "EPOCH", "CHECKPOINT", "RATE", "LAG", "PARKED", "LAST ERROR");
        for (Fields one : answer.objects("tasks")) {
            table.row(
                    one.text("task"),
                    one.text("state"),
                    one.text("owner", "-"),
                    one.number("epoch"),
                    one.number("checkpoint"),
                    rate(one),
                    lag(one),
                    one.number("parked"),
                    error(one));
        }
        clear(out);
        table.print(out);
    }

    private void one(Fields one, PrintWriter out) {
        clear(out);
        Table table = new Table("TASK", one.text("task"));
        table.row("database", one.text("database"));
        table.row("kind", one.text("kind"));
        table.row("unit", one.text("unit"));
        table.row("state", one.text("state") + since(one));
        table.row("owner", one.text("owner", "-"));
        table.row("epoch", one.number("epoch"));
        table.row("checkpoint", one.number("checkpoint") + " of " + one.number("head"));
        table.row("rate", rate(one) + " changes/s");
        table.row("lag", lag(one));
        table.row("delivered", one.number("delivered"));
        table.row("parked", one.number("parked"));
        table.row("guarantee", one.text("guarantee"));
        table.row("last error", error(one));
        table.row("revision", one.text("revision"));
        table.print(out);
        shards(one, out);
        out.println();
        out.print(one.text("text"));
        out.flush();
    }

    /** One by one, where there are several. */
    private static void shards(Fields one, PrintWriter out) {
        List<Fields> shards = one.values().containsKey("shards") ? one.objects("shards") : List.of();
        if (shards.isEmpty()) {
            return;
        }
        Table table = new Table("SHARD", "STATE", "OWNER", "EPOCH", "CHECKPOINT", "LAG", "PARKED", "LAST ERROR");
        for (Fields shard : shards) {
            table.row(
                    shard.number("shard"),
                    shard.text("state"),
                    shard.text("owner", "-"),
                    shard.number("epoch"),
                    shard.number("checkpoint") + " of " + shard.number("head"),
                    lag(shard),
                    shard.number("parked"),
                    error(shard));
        }
        out.println();
        table.print(out);
    }

    private static String since(Fields one) {
        return one.number("since") == 0 ? "" : " since " + Instant.ofEpochMilli(one.number("since"));
    }

    private static String rate(Fields one) {
        return String.format(Locale.ROOT, "%.1f", one.decimal("rate"));
    }

    private static String lag(Fields one) {
        long changes = one.number("lagChanges");
        return changes == 0 ? "0" : changes + " (" + one.number("lagSeconds") + " s)";
    }

    private static String error(Fields one) {
        Fields error = one.object("lastError");
        return error.values().isEmpty() ? "" : error.text("code") + ": " + error.text("message");
    }
}
