package io.rookery.bench.faults;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;

/**
 * One run of the harness: starts the nodes, lets all workloads go, does one fault after the other, and checks what the
 * clients saw. Whatever way it ends, it leaves no process, namespace, volume or file, but for the nodes' logs when it did
 * not pass.
 */
final class FaultRun {
    private static final Duration THINK = Duration.ofMillis(25);
    private static final Duration CALM = Duration.ofSeconds(1);
    private static final int MOST_RESTARTS = 5;
    /** With the time to notice that the leader is gone. */
    private static final Duration ELECTION = Duration.ofSeconds(5);

    private final Plan plan;
    private final PrintStream out;
    private final Report report;
    private final Random random;
    private final long started = System.nanoTime();
    private final Pulse pulse = new Pulse();
    private final List<Workload> workloads;

    private FaultRun(Plan plan, PrintStream out) {
        this.plan = plan;
        this.out = out;
        this.report = new Report(plan);
        this.random = new Random(plan.seed());
        AcknowledgedWrites writes = new AcknowledgedWrites(plan.seed());
        this.workloads = List.of(
                new Registers(plan.seed()),
                new ListAppends(plan.seed()),
                new Bank(plan.seed()),
                new Counters(plan.seed(), plan.oldSeconds()),
                writes,
                new FeedConsumers(plan.seed(), writes),
                pulse);
    }

    static Report run(Plan plan, PrintStream out) {
        return new FaultRun(plan, out).run();
    }

    private Report run() {
        Path folder = folder();
        try (Janitor janitor = Janitor.start()) {
            janitor.finallyRun("if [ -e '" + folder + "/KEEP' ]; then find '" + folder
                    + "' -type f ! -name '*.log' -delete; else rm -rf '" + folder + "'; fi");
            Network network = Namespaces.orLoopback(folder, plan, janitor);
            Cluster.Make make = new Cluster.Make(
                    folder,
                    network,
                    janitor,
                    plan.wantsVolumes(),
                    plan.library(folder),
                    "-Drookery.faults.run=" + UUID.randomUUID());
            try (Cluster cluster = Cluster.start(make, plan)) {
                go(new Stage(cluster, network, random, new FirstSuccess(), pulse, plan.shutdown(folder)));
            } finally {
                keepLogs(folder);
            }
        }
        return report;
    }

    private static Path folder() {
        try {
            return Files.createTempDirectory("rookery-faults");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void keepLogs(Path folder) {
        if (report.exitCode() != 0) {
            try {
                Files.createFile(folder.resolve("KEEP"));
                tell("The nodes' logs are kept in " + folder);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void tell(String text) {
        out.println(text);
        out.flush();
    }

    private double seconds() {
        return (System.nanoTime() - started) / 1e9;
    }

    private void go(Stage stage) {
        List<Nemesis> able = able(stage);
        Cluster cluster = stage.cluster();
        List<Workload.Client> clients = new ArrayList<>();
        for (Workload workload : workloads) {
            workload.prepare(cluster);
            clients.addAll(workload.clients(cluster));
        }
        tell(String.format(
                "%6.1f s        %d nodes are ready, %d clients begin",
                seconds(), plan.shape().nodes(), clients.size()));
        Load load = new Load(clients, THINK);
        try {
            strikeAll(stage, able);
        } finally {
            load.close();
        }
        Verdict ran = new Verdict("clients", Tally.NONE);
        load.failures().forEach(ran::violation);
        report.add(ran);
        if (plan.isLong()) {
            strike(stage, new KillAll());
        }
        check(stage);
    }

    private List<Nemesis> able(Stage stage) {
        List<Nemesis> able = new ArrayList<>();
        for (Nemesis nemesis : plan.nemeses()) {
            nemesis.hindrance(stage)
                    .ifPresentOrElse(
                            reason -> {
                                report.skip(nemesis, reason);
                                tell("SKIPPED  " + nemesis.name() + ": " + reason);
                            },
                            () -> able.add(nemesis));
        }
        return able;
    }

    private void strikeAll(Stage stage, List<Nemesis> able) {
        List<Nemesis> round = new ArrayList<>(able);
        long deadline = System.nanoTime() + plan.duration().toNanos();
        boolean first = true;
        Stage.hold(CALM);
        while (!round.isEmpty() && (first || !plan.once())) {
            for (Nemesis nemesis : round) {
                if (System.nanoTime() - deadline > 0) {
                    if (first) {
                        report.skip(nemesis, "the time was over before its turn");
                        continue;
                    }
                    return;
                }
                if (!strike(stage, nemesis)) {
                    return;
                }
            }
            first = false;
            round.removeIf(Nemesis::isOnce);
            Collections.shuffle(round, random);
        }
    }

    /** False when the cluster did not recover: there is nothing to be learnt from more faults. */
    private boolean strike(Stage stage, Nemesis nemesis) {
        Incident incident = new Incident(nemesis.name(), seconds());
        long since = System.nanoTime();
        boolean recovered = false;
        try {
            stage.cluster().focus(random);
            nemesis.strike(stage, incident);
            recovered = recover(stage, nemesis, incident);
        } catch (RuntimeException e) {
            if (e instanceof IllegalStateException) {
                incident.blame(e.getMessage());
            } else {
                incident.prove(false, "it could not be done: " + e);
            }
            recovered = recover(stage, nemesis, incident);
        } finally {
            stage.network().heal();
        }
        tellFelt(stage.pulse().since(since, Set.of()), nemesis, incident);
        incident.end(seconds());
        report.add(incident);
        tell(incident.toString());
        Stage.hold(CALM);
        return recovered;
    }

    private static void tellFelt(Pulse.Window felt, Nemesis nemesis, Incident incident) {
        if (nemesis.isOperation()) {
            incident.note("target: no time longer than " + ELECTION.toSeconds() + " s without a write: "
                    + (felt.longestWithoutWrite() <= ELECTION.toSeconds() ? "met" : "NOT met"));
        }
        incident.note("clients felt: " + felt);
    }

    private boolean recover(Stage stage, Nemesis nemesis, Incident incident) {
        long since = System.nanoTime();
        IllegalStateException last = null;
        for (int i = 0; i < MOST_RESTARTS; i++) {
            for (String ended : stage.cluster().restartEnded()) {
                if (nemesis.mayEndNodes()) {
                    incident.note(ended + ", and was started again");
                } else {
                    incident.blame(ended + ", which nothing asked it to");
                }
            }
            try {
                stage.cluster().awaitHealthy();
                incident.note(String.format("all healthy again after %.1f s", (System.nanoTime() - since) / 1e9));
                return true;
            } catch (IllegalStateException e) {
                last = e;
                if (stage.cluster().members().stream()
                        .allMatch(member -> member.process().isAlive())) {
                    break;
                }
            }
        }
        incident.blame("the cluster did not recover: " + last.getMessage());
        return false;
    }

    private void check(Stage stage) {
        for (Workload workload : workloads) {
            Verdict verdict = checked(workload, stage.cluster());
            tell(verdict.toString());
            report.add(verdict);
        }
        Verdict hashes = new Verdict("state-hashes", Tally.NONE);
        try {
            StateHashes.check(stage.cluster(), Cluster.DATABASE, hashes);
        } catch (IllegalStateException e) {
            hashes.violation(e.getMessage());
        }
        report.add(hashes);
        stage.firsts().verdict().ifPresent(report::add);
    }

    private Verdict checked(Workload workload, Cluster cluster) {
        try {
            Verdict verdict = workload.check(cluster);
            if (verdict.done() == 0) {
                report.invalid("the workload " + workload.name() + " had no success");
            }
            return verdict;
        } catch (IllegalStateException e) {
            Verdict verdict = new Verdict(workload.name(), Tally.NONE);
            verdict.violation("it could not be checked: " + e.getMessage());
            return verdict;
        }
    }
}
