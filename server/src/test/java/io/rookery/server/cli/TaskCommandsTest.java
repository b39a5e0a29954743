package io.rookery.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Tasks, what is done to them, and their parked changes. */
final class TaskCommandsTest {
    private static final String TASK =
            """
            {"task":"orders-out","database":"shop","kind":"deliver","unit":"task-orders-out","state":"WAITING",
            "owner":"B","epoch":2,"checkpoint":40,"head":52,"lagChanges":12,"lagSeconds":3,"rate":7.25,"delivered":40,
            "parked":1,"guarantee":"exactly_once","since":1000,"revision":4,"text":"task: orders-out\\n",
            "lastError":{"code":"SINK_UNREACHABLE","message":"refused\\nby dwh","at":5}}""";

    private final LoopbackNode node = new LoopbackNode();

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        node.close();
    }

    private Ran run(String line) {
        return Ran.rookery((line + " --url " + node.url()).split(" "));
    }

    @Test
    void shouldShowEveryTaskOnOneLine() {
        node.on("GET /tasks", "{\"tasks\":[" + TASK + ",{\"task\":\"idle\",\"state\":\"UNASSIGNED\",\"owner\":null}]}");
        assertThat(run("tasks").endsWith(ExitCode.OK).out().lines())
                .satisfiesExactly(
                        heading -> assertThat(heading).matches("TASK +STATE +OWNER +EPOCH .*LAST ERROR"),
                        one -> assertThat(one)
                                .matches(
                                        "orders-out +WAITING +B +2 +40 +7\\.3 +12 \\(3 s\\) +1 +SINK_UNREACHABLE: refused by dwh"),
                        two -> assertThat(two).matches("idle +UNASSIGNED +- +0 +0 +0\\.0 +0 +0"));
    }

    @Test
    void shouldAskForOneDatabaseOnlyWhenItIsNamed() {
        node.on("GET /tasks?database=shop", "{\"tasks\":[]}");
        run("tasks --database shop --json").endsWith(ExitCode.OK).json();
    }

    @Test
    void shouldShowOneTaskWithItsText() {
        node.on("GET /tasks/orders-out", TASK);
        assertThat(run("tasks orders-out").endsWith(ExitCode.OK).out())
                .containsPattern("checkpoint +40 of 52")
                .containsPattern("state +WAITING since 1970-01-01T00:00:01Z")
                .endsWith("task: orders-out\n");
    }

    @Test
    void shouldWatchThroughAnElectionUntilTheOutputIsClosed() {
        String error = "{\"code\":\"NO_LEADER\",\"message\":\"none\"}";
        node.on("GET /tasks", "{\"tasks\":[]}")
                .on("GET /tasks", 503, error)
                .on("GET /tasks", "{\"tasks\":[" + TASK + "]}");
        Reader reader = new Reader();
        CommandLine command = RookeryCommand.commandLine();
        command.setOut(new PrintWriter(reader));
        command.setErr(new PrintWriter(Writer.nullWriter()));

        int exitCode = command.execute("tasks", "--watch", "--every", "1ms", "--url", node.url());

        assertThat(exitCode).isZero();
        assertThat(node.requests()).hasSize(3);
    }

    /** Reads until it has seen the task, then goes away, as {@code | head} does. */
    private static final class Reader extends Writer {
        private final StringBuilder seen = new StringBuilder();

        @Override
        public void write(char[] text, int offset, int length) {
            seen.append(text, offset, length);
        }

        @Override
        public void flush() throws IOException {
            if (seen.indexOf("orders-out") >= 0) {
                throw new IOException("Broken pipe");
            }
        }

        @Override
        public void close() {}
    }

    @Test
    void shouldTellTheNodeWhatToDoWithATask() {
        node.on("POST /tasks/t/pause", 204, "")
                .on("POST /tasks/t/resume", 204, "")
                .on("POST /tasks/t/resync", "{}")
                .on("POST /tasks/t/move?to=B", 204, "")
                .on("POST /tasks/t/replay?from=seq%3A7", "{\"sequence\":6}")
                .on("DELETE /tasks/t", 204, "");
        for (String line : new String[] {"pause t", "resume t", "resync t", "move t --to B", "delete t"}) {
            assertThat(run(line).endsWith(ExitCode.OK).out()).startsWith("task t ");
        }
        assertThat(run("replay t --from seq:7").endsWith(ExitCode.OK).out()).contains("after sequence number 6");
    }

    @Test
    void shouldListParkedChangesAndNameTheNextPage() {
        node.on(
                "GET /tasks/t/parked?limit=1",
                """
                {"parked":[{"id":"orders/1","sequence":7,"operation":"update","error":"value too long","attempts":2,
                "since":1000}],"next":"parked/t/orders/1/07"}""");
        assertThat(run("parked list t --limit 1").endsWith(ExitCode.OK).out())
                .containsPattern("orders/1 +7 +update +2 +1970-01-01T00:00:01Z +value too long")
                .contains("--after 'parked/t/orders/1/07'");
    }

    @Test
    void shouldRetryOneDocumentOrAll() {
        node.on("POST /tasks/t/parked/orders%2F1/retry", "{\"delivered\":2}")
                .on("POST /tasks/t/parked/*/retry", "{\"delivered\":9}");
        assertThat(run("parked retry t orders/1").endsWith(ExitCode.OK).out()).startsWith("2 delivered");
        assertThat(run("parked retry t").endsWith(ExitCode.OK).out()).startsWith("9 delivered");
    }

    @Test
    void shouldSkipOneChange() {
        node.on("POST /tasks/t/parked/orders%2F1/skip?sequence=7", "{\"skipped\":1}");
        assertThat(run("parked skip t orders/1 --sequence 7")
                        .endsWith(ExitCode.OK)
                        .out())
                .startsWith("1 skipped");
    }

    @Test
    void shouldEditTheFirstChangeOfADocumentOnAnyPage() throws IOException {
        node.on("GET /tasks/t/parked?limit=1000", "{\"parked\":[{\"id\":\"orders/0\",\"sequence\":1}],\"next\":\"k0\"}")
                .on(
                        "GET /tasks/t/parked?limit=1000&after=k0",
                        "{\"parked\":[{\"id\":\"orders/1\",\"sequence\":7},{\"id\":\"orders/1\",\"sequence\":9}],\"next\":null}")
                .on("PUT /tasks/t/parked/orders%2F1?sequence=7", "{}");
        Path file = Files.writeString(folder.resolve("d.json"), "{ \"name\": \"short\" }");
        run("parked edit t orders/1 --file " + file).endsWith(ExitCode.OK);
        assertThat(node.body("PUT /tasks/t/parked/orders%2F1?sequence=7")).isEqualTo("{ \"name\": \"short\" }");
        run("parked show t orders/2").endsWith(ExitCode.REFUSED);
    }

    @Test
    void shouldNotSendAnEditThatIsNoObject() throws IOException {
        Path file = Files.writeString(folder.resolve("d.json"), "[1");
        assertThat(run("parked edit t orders/1 --sequence 7 --file " + file)
                        .endsWith(ExitCode.REFUSED)
                        .err())
                .startsWith("BAD_JSON: ");
        assertThat(node.requests()).isEmpty();
    }
}
