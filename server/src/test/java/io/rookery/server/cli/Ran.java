package io.rookery.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.rookery.api.Json;
import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/** A command that ran in this process: how it ended and what it printed. */
record Ran(int exitCode, String out, String err) {
    static Ran rookery(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine command = RookeryCommand.commandLine();
        command.setOut(new PrintWriter(out));
        command.setErr(new PrintWriter(err));
        int exitCode = command.execute(args);
        command.getOut().flush();
        command.getErr().flush();
        return new Ran(exitCode, out.toString(), err.toString());
    }

    Ran endsWith(ExitCode expected) {
        assertThat(exitCode).as("%s%n%s", out, err).isEqualTo(expected.number());
        return this;
    }

    /** Standard output, which must be one line with one JSON document. */
    Fields json() {
        assertThat(out.lines()).hasSize(1);
        return Fields.of(Json.parse(out.strip()));
    }
}
