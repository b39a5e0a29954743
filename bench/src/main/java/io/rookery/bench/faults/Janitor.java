package io.rookery.bench.faults;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * A process that undoes what a run did to the machine: it is told each step's undoing as soon as the step is to be done,
 * and does all, the last one first, when this process closes its input. It does so too when this process is interrupted
 * or killed.
 */
final class Janitor implements AutoCloseable {
    private static final String SCRIPT =
            """
            trap '' INT TERM HUP
            while IFS= read -r line; do steps+=("$line"); done
            for ((i = ${#steps[@]} - 1; i >= 0; i--)); do eval "${steps[i]}"; done >/dev/null 2>&1
            """;

    private final Process process;
    private final PrintStream steps;

    private Janitor(Process process) {
        this.process = process;
        steps = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
    }

    static Janitor start() {
        try {
            return new Janitor(new ProcessBuilder("bash", "-c", SCRIPT)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start());
        } catch (IOException e) {
            throw new UncheckedIOException("Expected bash, to clean up after a run", e);
        }
    }

    /** @param command one line for bash */
    void finallyRun(String command) {
        steps.println(command);
    }

    /** Kills the processes with this word in their command line; the word must be one that nobody else has. */
    void finallyKill(String word) {
        finallyRun("for p in /proc/[0-9]*; do grep -qsF -e " + word
                + " $p/cmdline && kill -9 ${p#/proc/}; done; sleep 0.5");
    }

    /** Returns when all is undone. */
    @Override
    public void close() {
        steps.close();
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                throw new IllegalStateException("Expected all to be cleaned up within a minute");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
