package io.rookery.bench.faults;

import io.rookery.server.process.ServerProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Ends each node of an older release with SIGTERM and starts this one on its data, one after the other. */
record RollingUpgrade() implements Nemesis {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @Override
    public String name() {
        return "rolling-upgrade";
    }

    @Override
    public Optional<String> hindrance(Stage stage) {
        return stage.cluster().isOfOlderRelease()
                ? Optional.empty()
                : Optional.of("all nodes are of this release: begin with an older one by --from");
    }

    @Override
    public boolean isOperation() {
        return true;
    }

    @Override
    public boolean isOnce() {
        return true;
    }

    @Override
    public void strike(Stage stage, Incident incident) {
        incident.target("all");
        List<Member> members = stage.cluster().members();
        for (int i = 0; i < members.size(); i++) {
            Member member = members.get(i);
            long before = member.process().pid();
            int code = member.process().stop(Duration.ofSeconds(30));
            if (code != 0) {
                incident.blame("node " + member + " ended with exit code " + code + " after SIGTERM");
            }
            Member upgraded = member.with(ServerProcess.start(
                    member.process().settings().withClassPath(System.getProperty("java.class.path"))));
            stage.cluster().replace(upgraded);
            upgraded.process().awaitReady(PATIENCE);
            stage.cluster().awaitHealthy();
            incident.prove(
                    before != upgraded.process().pid(),
                    member + ": the older process " + before + " ended, "
                            + upgraded.process().pid() + " is ready");
            if (i < members.size() - 1) {
                Levels levels = levels(upgraded);
                incident.prove(
                        levels.now() < levels.able(),
                        "with an older node left, the feature level is " + levels.now() + ", and " + member + " can do "
                                + levels.able());
            }
        }
        Cluster.await("the feature level was raised", () -> {
            Levels levels = levels(stage.cluster().at(0));
            return levels.now() == levels.able();
        });
        incident.prove(
                true,
                "with all upgraded, it is " + levels(stage.cluster().at(0)).now());
    }

    private record Levels(long now, long able) {}

    private static Levels levels(Member member) {
        List<Answer> answers = new ArrayList<>();
        Cluster.await("node " + member + " shows the cluster", () -> {
            answers.add(member.door(Duration.ofSeconds(8)).get("/cluster"));
            return answers.get(answers.size() - 1).isDone();
        });
        var json = answers.get(answers.size() - 1).json();
        return new Levels((Long) json.get("featureLevel"), (Long) json.get("supportedLevel"));
    }
}
