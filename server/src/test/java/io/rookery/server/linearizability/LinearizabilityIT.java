package io.rookery.server.linearizability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.rookery.checkers.linearizability.Linearizability;
import io.rookery.server.blackbox.Answer;
import io.rookery.server.blackbox.Api;
import io.rookery.server.blackbox.Nodes;
import io.rookery.server.process.ServerProcess;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Registers over HTTP on three processes that are frozen and killed; and the proof that the test would see stale reads. */
final class LinearizabilityIT {
    private static final String DATABASE = RegisterClient.DATABASE;
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int EARLY_READS = 16;

    @TempDir
    private Path folder;

    private final AtomicInteger probes = new AtomicInteger();

    @Test
    void shouldStayLinearizableWhenNodesAreFrozenAndKilled() {
        try (Nodes nodes = Nodes.start(folder, 3).withDatabase(DATABASE, 3)) {
            History history;
            try (Workload workload = new Workload(nodes.all())) {
                history = workload.history();
                workload.awaitAnswers(300, nodes.all());
                freezeFollower(nodes, workload);
                freezeLeader(nodes, workload);
                freezeBothFollowers(nodes, workload);
                killLeader(nodes, workload);
                freezeLeader(nodes, workload);
                workload.awaitAnswers(300, nodes.all());
            }
            assertThat(history.surprises()).isEmpty();
            assertThat(history.unknown()).as("the faults were felt: " + history).isPositive();
            assertThat(Linearizability.violations(history.operations()))
                    .as(history.toString())
                    .isEmpty();
            assertThat(nodes.stateHashes(DATABASE))
                    .containsOnly(nodes.stateHashes(DATABASE).get(0));

            for (int round = 0; round < 3; round++) {
                assertThat(staleReadsOfDeposedLeader(nodes)).isZero();
            }
        }
    }

    @Test
    void shouldFindStaleReadsWhenTheFenceIsOff() {
        try (Nodes nodes =
                Nodes.start(folder, 3, "-Drookery.unsafe.read.fence=off").withDatabase(DATABASE, 3)) {
            try (Workload workload = new Workload(nodes.all())) {
                await().atMost(PATIENCE).until(() -> {
                    workload.awaitAnswers(500, nodes.all());
                    return !Linearizability.violations(workload.history().operations())
                            .isEmpty();
                });
                assertThat(workload.history().surprises()).isEmpty();
            }
            await().atMost(PATIENCE).until(() -> staleReadsOfDeposedLeader(nodes) > 0);
        }
    }

    private static void freezeFollower(Nodes nodes, Workload workload) {
        ServerProcess leader = nodes.awaitLeader(DATABASE);
        ServerProcess follower = nodes.others(leader).get(0);
        follower.freeze();
        workload.awaitAnswers(300, nodes.others(follower));
        workload.awaitUnanswered(2);
        follower.thaw();
        workload.awaitAnswers(100, nodes.all());
    }

    /** The others elect another one; then the old one wakes up and finds its clients' requests before it hears of that. */
    private static void freezeLeader(Nodes nodes, Workload workload) {
        ServerProcess leader = nodes.awaitLeader(DATABASE);
        leader.freeze();
        nodes.awaitLeader(DATABASE, List.of(leader));
        workload.awaitAnswers(300, nodes.others(leader));
        leader.thaw();
        workload.awaitAnswers(100, nodes.all());
    }

    /** The leader cannot know any more whether it leads: it must answer nobody. */
    private static void freezeBothFollowers(Nodes nodes, Workload workload) {
        ServerProcess leader = nodes.awaitLeader(DATABASE);
        List<ServerProcess> followers = nodes.others(leader);
        followers.forEach(ServerProcess::freeze);
        workload.awaitUnanswered(8);
        followers.forEach(ServerProcess::thaw);
        workload.awaitAnswers(100, nodes.all());
    }

    private static void killLeader(Nodes nodes, Workload workload) {
        ServerProcess leader = nodes.awaitLeader(DATABASE);
        leader.kill();
        nodes.awaitLeader(DATABASE, List.of(leader));
        workload.awaitAnswers(300, nodes.others(leader));
        leader.start();
        leader.awaitReady(PATIENCE);
        workload.awaitAnswers(100, nodes.all());
    }

    /**
     * Freezes the leader, has another one elected and a new value acknowledged by it, and thaws the old one while reads
     * wait at its door: how many of them say the old value.
     */
    private long staleReadsOfDeposedLeader(Nodes nodes) {
        ServerProcess leader = nodes.awaitLeader(DATABASE);
        String path = "/databases/" + DATABASE + "/docs?id=probe";
        String old = awaitWritten(leader, path);
        leader.freeze();
        awaitWritten(nodes.awaitLeader(DATABASE, List.of(leader)), path);
        try (EarlyReads reads = new EarlyReads(leader, path, EARLY_READS)) {
            leader.thaw();
            List<String> answers = reads.answers();
            assertThat(answers).as("reads that were answered").isNotEmpty();
            return answers.stream().filter(answer -> answer.contains(old)).count();
        }
    }

    private String awaitWritten(ServerProcess node, String path) {
        Api api = new Api(node.url(), Duration.ofSeconds(10));
        return await().atMost(PATIENCE)
                .ignoreException(UncheckedIOException.class)
                .until(
                        () -> {
                            String value = "\"probe " + probes.incrementAndGet() + '"';
                            Answer answer = api.put(path, "{\"value\":" + value + "}");
                            return answer.isOk() ? value : null;
                        },
                        value -> value != null);
    }
}
