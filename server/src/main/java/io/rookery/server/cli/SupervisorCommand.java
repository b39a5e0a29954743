package io.rookery.server.cli;

import io.rookery.api.Json;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** {@code rookery cluster supervisor}: shows what was decided about the cluster and why; suspends and resumes it. */
@Command(
        name = "supervisor",
        mixinStandardHelpOptions = true,
        description = "Show replicas in rehab and the last decisions, newest first.")
final class SupervisorCommand implements Callable<Integer> {
    /** Its options are these commands' too. */
    @ParentCommand
    private ClusterCommand cluster;

    @Override
    public Integer call() {
        Json answer = cluster.api().client().get(ApiPath.of("cluster", "supervisor"));
        return cluster.api().print(answer, out -> show(Fields.of(answer), out));
    }

    private static void show(Fields supervisor, PrintWriter out) {
        out.println("supervisor " + (supervisor.flag("suspended") ? "suspended" : "running"));
        out.println();
        if (!supervisor.objects("rehab").isEmpty()) {
            Table rehab = new Table("IN REHAB", "SHARD", "NODE", "SINCE", "WHY");
            for (Fields replica : supervisor.objects("rehab")) {
                rehab.row(
                        replica.text("database"),
                        replica.text("shard"),
                        replica.text("tag"),
                        Instant.ofEpochMilli(replica.number("since")),
                        replica.text("why"));
            }
            rehab.print(out);
            out.println();
        }
        Table decisions = new Table("AT", "DECISION", "OF", "WHY");
        for (Fields decision : supervisor.objects("decisions")) {
            decisions.row(
                    Instant.ofEpochMilli(decision.number("at")),
                    decision.text("what"),
                    decision.text("of"),
                    decision.text("why"));
        }
        decisions.print(out);
    }

    @Command(name = "suspend", mixinStandardHelpOptions = true, description = "Nothing is moved by itself any more.")
    int suspend() {
        return ask("suspend", "supervisor suspended");
    }

    @Command(name = "resume", mixinStandardHelpOptions = true, description = "The supervisor looks after all again.")
    int resume() {
        return ask("resume", "supervisor resumed");
    }

    private int ask(String verb, String sentence) {
        Json answer = cluster.api().client().post(ApiPath.of("cluster", "supervisor", verb));
        return cluster.api().print(answer, sentence);
    }
}
