package io.rookery.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.rookery.server.blackbox.Answer;
import io.rookery.server.blackbox.Api;
import io.rookery.server.blackbox.Nodes;
import io.rookery.server.process.ServerProcess;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Session reads on three processes: what a client has seen anywhere, it sees everywhere. */
final class SessionIT {
    private static final String DOCS = "/databases/session/docs";
    private static final int ROUNDS = 40;

    @TempDir
    private static Path folder;

    private static Nodes nodes;

    @BeforeAll
    static void start() {
        nodes = Nodes.start(folder, 3).withDatabase("session", 3);
    }

    @AfterAll
    static void end() {
        nodes.close();
    }

    @Test
    void shouldSeeEveryWriteAtEveryNodeWhenItsIndexIsSent() {
        for (int i = 0; i < ROUNDS; i++) {
            Api writer = nodes.api(i % 3);
            Answer write =
                    switch (i % 4) {
                        case 0 -> writer.delete(DOCS + "?id=s");
                        case 1 ->
                            writer.post(
                                    "/databases/session/bulk_docs",
                                    "{\"Commands\":[{\"Type\":\"PUT\",\"Id\":\"s\",\"Document\":{\"n\":" + i + "}}]}");
                        default -> writer.put(DOCS + "?id=s", "{\"n\":" + i + "}");
                    };
            assertThat(write.isOk()).as(write.toString()).isTrue();
            String index = write.header("Raft-Index");
            for (int node = 1; node < 3; node++) {
                Api reader = nodes.api((i + node) % 3);
                requireValue(reader.get(DOCS + "?id=s&consistency=session&index=" + index), i);
                requireValue(reader.get(DOCS + "?id=s&consistency=session", "Known-Raft-Index", index), i);
            }
        }
    }

    private static void requireValue(Answer read, int written) {
        if (written % 4 == 0) {
            assertThat(read.status()).as(read.toString()).isEqualTo(404);
        } else {
            assertThat(read.document()).as(read.toString()).containsEntry("n", (long) written);
        }
    }

    @Test
    void shouldNeverGoBackWhenSessionHopsBetweenNodes() {
        String seen = "0";
        long last = -1;
        for (int i = 0; i < ROUNDS; i++) {
            nodes.api(i % 3).put(DOCS + "?id=hop", "{\"n\":" + i + "}");
            Answer read = nodes.api((i + 1) % 3).get(DOCS + "?id=hop&consistency=session&index=" + seen);
            long found = read.status() == 404 ? -1 : (long) read.document().get("n");
            assertThat(found).isGreaterThanOrEqualTo(last);
            last = found;
            seen = read.header("Raft-Index");
            Answer next = nodes.api((i + 2) % 3).get(DOCS + "?startsWith=hop&consistency=session&index=" + seen);
            long listed = last < 0 ? -1 : (long) next.list("Results").get(0).get("n");
            assertThat(listed).isGreaterThanOrEqualTo(last);
            last = listed;
            seen = next.header("Raft-Index");
        }
    }

    @Test
    void shouldAskToTryAgainWhenReplicaDoesNotComeSoFar() {
        ServerProcess leader = nodes.awaitLeader("session");
        ServerProcess follower =
                nodes.all().stream().filter(node -> node != leader).findFirst().orElseThrow();
        String index = new Api(leader.url()).put(DOCS + "?id=wait", "{\"n\":1}").header("Raft-Index");
        long beyond = Long.parseLong(index) + 1_000_000;

        Answer late = new Api(follower.url()).get(DOCS + "?id=wait&consistency=session&index=" + beyond);

        assertThat(late.status()).as(late.toString()).isEqualTo(503);
        assertThat(late.text("code")).isEqualTo("TIMEOUT");
        assertThat(late.text("message")).contains(String.valueOf(beyond), "try again");
        assertThat(late.header("Retry-After")).isNotNull();
    }
}
