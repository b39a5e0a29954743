package io.rookery.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Plan and apply. */
final class RolloutTest {
    private static final String CONNECTIONS =
            """
            connections:
              legacy:
                postgres: { host: db, port: 5432, password: "${secret:p}" }
            """;
    private static final String TASKS =
            """
            # two tasks
            task: customers-in
            from: { database: legacy, table: public.customers }
            to: { documents: Customers }
            ---
            task: orders-in
            description: the second
            from: { database: legacy, table: public.orders }
            to: { documents: Orders }
            """;
    private static final String CREATED = "{\"task\":\"%s\",\"created\":true,\"changed\":true,"
            + "\"guarantee\":\"exactly_once\",\"notes\":[\"Reads all rows\"],\"warnings\":[],\"statements\":[]}";

    private final LoopbackNode node = new LoopbackNode();

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        node.close();
    }

    private String file(String name, String text) {
        try {
            return Files.writeString(folder.resolve(name), text).toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Ran run(String command, String... args) {
        String[] all = new String[args.length + 5];
        all[0] = command;
        all[1] = "--url";
        all[2] = node.url();
        all[3] = "--database";
        all[4] = "shop";
        System.arraycopy(args, 0, all, 5, args.length);
        return Ran.rookery(all);
    }

    @Test
    void shouldSendNothingWhenAnyFileIsWrong() {
        file("a.yaml", CONNECTIONS);
        file("b.yaml", TASKS);
        String bad =
                file("c.yml", TASKS.replace("orders-in", "more-in").replace("to: { documents: Orders }", "too: 1"));

        Ran ran = run("apply", folder.toString()).endsWith(ExitCode.REFUSED);

        assertThat(ran.err()).contains("BAD_TASK: " + bad + ":9:1: Unknown key 'too'; did you mean 'to'?");
        assertThat(ran.out()).isEmpty();
        assertThat(node.requests()).isEmpty();
    }

    @Test
    void shouldShowTheProblemsOfAllFilesAtOnce() {
        String first = file("a.yaml", "task: a\nfrom: {\n");
        String second = file("b.yaml", "conections: {}\n");
        assertThat(run("plan", first, second, "--json")
                        .endsWith(ExitCode.REFUSED)
                        .json()
                        .objects("problems"))
                .extracting(problem -> problem.text("message"))
                .satisfiesExactly(one -> assertThat(one).startsWith(first + ":3:1: "), two -> assertThat(two)
                        .startsWith(second + ":1:1: Unknown key 'conections'"));
    }

    @Test
    void shouldRefuseOneTaskInTwoFiles() {
        String first = file("a.yaml", TASKS);
        String second = file("b.yaml", TASKS);
        assertThat(run("apply", first, second).endsWith(ExitCode.REFUSED).err())
                .contains(second + ":3:1: Found the task 'customers-in' twice, first in " + first);
        assertThat(node.requests()).isEmpty();
    }

    @Test
    void shouldApplyConnectionsBeforeTasksWhateverTheOrderOfFiles() {
        node.on("PUT /tasks/customers-in?database=shop", 201, CREATED.formatted("customers-in"))
                .on("PUT /tasks/orders-in?database=shop", 201, CREATED.formatted("orders-in"))
                .on("PUT /connections/legacy", "{}");

        Ran ran =
                run("apply", file("a.yaml", TASKS), file("z.yaml", CONNECTIONS)).endsWith(ExitCode.OK);

        assertThat(node.requests())
                .containsExactly(
                        "PUT /connections/legacy",
                        "PUT /tasks/customers-in?database=shop",
                        "PUT /tasks/orders-in?database=shop");
        assertThat(node.body("PUT /tasks/orders-in?database=shop"))
                .startsWith("task: orders-in\n")
                .endsWith("to: { documents: Orders }\n");
        assertThat(ran.out()).contains("task orders-in: created, exactly once", "note: Reads all rows");
    }

    @Test
    void shouldNameTheLineOfTheFileWhenTheNodeFindsTheError() {
        String tasks = file("tasks.yaml", TASKS);
        node.on("PUT /tasks/customers-in?database=shop", 201, CREATED.formatted("customers-in"))
                .on(
                        "PUT /tasks/orders-in?database=shop",
                        400,
                        "{\"code\":\"BAD_TASK\",\"message\":\"orders-in.yaml:3:8: Expected a table\"}");

        Ran ran = run("apply", tasks, "--json").endsWith(ExitCode.REFUSED);

        assertThat(ran.err().strip()).isEqualTo("BAD_TASK: " + tasks + ":8:8: Expected a table");
        assertThat(ran.json().objects("tasks"))
                .extracting(task -> task.text("task"))
                .containsExactly("customers-in");
    }

    @Test
    void shouldPlanWithoutChangingAnything() {
        node.on(
                        "GET /connections/legacy",
                        "{\"name\":\"legacy\",\"kind\":\"postgres\",\"settings\":"
                                + "{\"password\":\"${secret:p}\",\"port\":5432,\"host\":\"db\"}}")
                .on(
                        "PUT /tasks/customers-in?database=shop&dryRun=true",
                        "{\"task\":\"customers-in\",\"created\":false,\"changed\":false,\"guarantee\":\"exactly_once\"}")
                .on(
                        "PUT /tasks/orders-in?database=shop&dryRun=true",
                        "{\"task\":\"orders-in\",\"created\":false,\"changed\":true,\"guarantee\":\"exactly_once\"}");

        Ran ran =
                run("plan", file("a.yaml", CONNECTIONS), file("b.yaml", TASKS)).endsWith(ExitCode.OK);

        assertThat(ran.out().lines())
                .containsExactly(
                        "connection legacy (postgres): unchanged",
                        "task customers-in: unchanged, exactly once",
                        "task orders-in: changed, exactly once");
    }

    @Test
    void shouldEndWithOneAndTheSqlToRunWhenAPlannedTaskCouldNotRun() {
        node.on(
                        "PUT /tasks/customers-in?database=shop&dryRun=true",
                        """
                        {"task":"customers-in","created":true,"changed":true,"guarantee":"exactly_once","notes":[],
                        "warnings":["wal_level is replica. Run: ALTER SYSTEM SET wal_level = logical"],
                        "statements":["ALTER SYSTEM SET wal_level = logical"]}""")
                .on("PUT /tasks/orders-in?database=shop&dryRun=true", CREATED.formatted("orders-in"));

        Ran ran = run("plan", file("b.yaml", TASKS)).endsWith(ExitCode.REFUSED);

        assertThat(ran.out()).contains("  SQL to run:", "    ALTER SYSTEM SET wal_level = logical", "task orders-in");
        assertThat(ran.err()).contains("task customers-in: wal_level is replica");
    }

    @Test
    void shouldSayThatAPlannedConnectionIsNotStoredYet() {
        for (String task : new String[] {"customers-in", "orders-in"}) {
            node.on(
                    "PUT /tasks/" + task + "?database=shop&dryRun=true",
                    400,
                    "{\"code\":\"BAD_CONNECTION\",\"message\":\"There is no connection 'legacy'\"}");
        }
        Ran ran =
                run("plan", file("a.yaml", CONNECTIONS), file("b.yaml", TASKS)).endsWith(ExitCode.REFUSED);
        assertThat(ran.out()).contains("connection legacy (postgres): created");
        assertThat(ran.err()).contains("There is no connection 'legacy'; these files define the connection 'legacy'");
    }

    @Test
    void shouldNotTakeAHiddenPasswordForAChange() {
        node.on(
                "GET /connections/legacy",
                "{\"name\":\"legacy\",\"kind\":\"postgres\",\"settings\":{\"host\":\"db\",\"password\":\"***\"}}");
        String same = "connections: { legacy: { postgres: { host: db, password: x } } }";
        assertThat(run("plan", file("a.yaml", same)).endsWith(ExitCode.OK).out())
                .contains("unchanged, but for passwords that are written into it");
        assertThat(run("plan", file("a.yaml", same.replace("host: db", "host: other")))
                        .out())
                .contains("legacy (postgres): changed");
    }
}
