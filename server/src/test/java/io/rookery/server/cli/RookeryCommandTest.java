package io.rookery.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

final class RookeryCommandTest {
    /** They print no data, or are not one answer. */
    private static final Set<String> WITHOUT_JSON = Set.of("rookery server", "rookery completion");

    @Test
    void shouldDescribeItsExitCodesAndPrintJsonInEveryCommand() {
        List<CommandLine> leaves = new ArrayList<>();
        collect(RookeryCommand.commandLine(), leaves);

        Set<String> names = new HashSet<>();
        for (CommandLine command : leaves) {
            String name = command.getCommandSpec().qualifiedName();
            names.add(name);
            assertThat(command.getUsageMessage()).as(name).containsIgnoringCase("exit codes:");
            assertThat(command.getCommandSpec().findOption("--json") != null)
                    .as("--json of %s", name)
                    .isEqualTo(!WITHOUT_JSON.contains(name));
        }
        assertThat(names)
                .contains(
                        "rookery server",
                        "rookery cluster add",
                        "rookery database create",
                        "rookery connections check",
                        "rookery secrets set",
                        "rookery plan",
                        "rookery apply",
                        "rookery tasks",
                        "rookery pause",
                        "rookery resume",
                        "rookery replay",
                        "rookery resync",
                        "rookery move",
                        "rookery delete",
                        "rookery tail",
                        "rookery parked edit");
    }

    private static void collect(CommandLine command, List<CommandLine> leaves) {
        if (command.getSubcommands().isEmpty()) {
            leaves.add(command);
        }
        command.getSubcommands().values().forEach(child -> collect(child, leaves));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "fly",
                "database",
                "tasks --colour",
                "replay t",
                "replay t --from yesterday",
                "move t",
                "plan",
                "plan no-such-file.yaml",
                "tasks --url localhost:8080",
                "tasks --watch --every soon",
                "tail --limit 0",
                "parked list t --limit 5000",
                "database create d --replicas 0"
            })
    void shouldEndWithTwoAndAHintWhenTheCommandLineIsWrong(String line) {
        Ran ran = Ran.rookery(line.isEmpty() ? new String[0] : line.split(" "));
        ran.endsWith(ExitCode.USAGE);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err()).contains("--help").doesNotContain("\tat ");
    }

    @Test
    void shouldEndWith69WhenNoNodeAnswers() {
        LoopbackNode gone = new LoopbackNode();
        gone.close();
        Ran ran = Ran.rookery("tasks", "--json", "--url", gone.url()).endsWith(ExitCode.UNREACHABLE);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err()).startsWith("UNREACHABLE: ").contains(gone.url()).hasLineCount(1);
    }

    @Test
    void shouldCompleteEveryCommandWhenItsScriptIsSourced() {
        assertThat(Ran.rookery("completion").endsWith(ExitCode.OK).out())
                .startsWith("#!/usr/bin/env bash")
                .contains("connections", "--collection", "complete -F _complete_rookery");
    }

    @Test
    void shouldTellItsVersion() {
        assertThat(Ran.rookery("version", "--json").endsWith(ExitCode.OK).json().text("version"))
                .isEqualTo(Version.current());
    }
}
