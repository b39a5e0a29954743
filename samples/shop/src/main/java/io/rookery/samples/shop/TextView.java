package io.rookery.samples.shop;

import io.rookery.server.cli.Terminal;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** For people: a table that is drawn anew every second on a terminal, a plain line a second elsewhere. */
final class TextView implements RunView {
    private final PrintStream out;
    private final boolean terminal;
    private int drawn;

    TextView(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    /** Whether this JVM's output goes to a terminal; newer JVMs have a console even when it does not. */
    static boolean onTerminal() {
        Path stdout = Path.of("/proc/self/fd/1");
        if (Terminal.find().isEmpty() || "dumb".equals(System.getenv("TERM"))) {
            return false;
        }
        try {
            return !Files.exists(stdout)
                    || Files.readSymbolicLink(stdout).toString().matches("/dev/(pts/\\d+|tty\\w*|console)");
        } catch (java.io.IOException e) {
            return false;
        }
    }

    @Override
    public void event(String text) {
        erase();
        out.println("* " + text);
    }

    @Override
    public void tasks(long second, long steps, List<TaskView> tasks) {
        if (!terminal) {
            out.println(line(second, steps, tasks));
            return;
        }
        erase();
        out.printf(Locale.ROOT, "%n  %d s, %d transactions in the shop%n", second, steps);
        out.printf(
                "  %-16s %-10s %-5s %6s %10s %10s %7s %7s%n",
                "TASK", "STATE", "OWNER", "EPOCH", "CHANGES/S", "BEHIND", "LAG", "PARKED");
        for (TaskView task : tasks) {
            out.printf(
                    Locale.ROOT,
                    "  %-16s %-10s %-5s %6d %10.1f %10d %5d s %7d%n",
                    task.task(),
                    task.state(),
                    task.owner(),
                    task.epoch(),
                    task.rate(),
                    task.lagChanges(),
                    task.lagSeconds(),
                    task.parked());
        }
        drawn = tasks.size() + 3;
        out.flush();
    }

    private static String line(long second, long steps, List<TaskView> tasks) {
        return String.format(Locale.ROOT, "%4d s %6d tx | ", second, steps)
                + tasks.stream().map(TextView::brief).collect(Collectors.joining(" | "));
    }

    private static String brief(TaskView task) {
        return String.format(
                Locale.ROOT,
                "%s %s %s/%d %.0f/s behind %d, %d s%s",
                task.task(),
                task.state(),
                task.owner(),
                task.epoch(),
                task.rate(),
                task.lagChanges(),
                task.lagSeconds(),
                task.parked() == 0 ? "" : ", parked " + task.parked());
    }

    @Override
    public void killed(String role, String node, List<Takeover> takeovers) {
        erase();
        if (takeovers.isEmpty()) {
            out.println("* Node " + node + " ran no task: nobody has anything to take over");
        }
        takeovers.forEach(takeover -> out.println("* Takeover: " + takeover));
    }

    @Override
    public void result(RunResult result) {
        erase();
        ShopComparison.Verdict verdict = result.verdict();
        out.println();
        verdict.differences().forEach(difference -> out.println("  " + difference));
        if (verdict.count() > verdict.differences().size()) {
            out.println("  … and " + (verdict.count() - verdict.differences().size()) + " more");
        }
        out.printf(
                Locale.ROOT,
                "%d transactions changed %d rows; drained after %.1f s%n",
                result.steps(),
                result.changes(),
                result.drainMillis() / 1000.0);
        out.println("Resident memory: "
                + result.residentBytes().entrySet().stream()
                        .map(node -> node.getKey() + ' ' + (node.getValue() >> 20) + " MB")
                        .collect(Collectors.joining(", ")));
        out.println((verdict.equal()
                        ? "source = documents = SQL = Kafka"
                        : "NOT EQUAL: " + verdict.count() + " differences")
                + " (" + verdict.orders() + " orders, " + verdict.customers() + " customers, " + verdict.rows()
                + " rows, " + verdict.effects() + " effects in the ledger, " + verdict.records() + " records)");
        if (result.kills() > 0 && result.takeovers().stream().noneMatch(Takeover::happened)) {
            out.println("NO TAKEOVER by another node was seen");
        }
        out.flush();
    }

    private void erase() {
        if (terminal && drawn > 0) {
            out.print("\u001b[" + drawn + "A\r\u001b[J");
            drawn = 0;
        }
    }
}
