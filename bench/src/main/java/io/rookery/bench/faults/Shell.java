package io.rookery.bench.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Commands of the operating system, run to their end. */
final class Shell {
    private static final long PATIENCE_SECONDS = 30;

    private Shell() {}

    /** What a command said, on both streams, and its exit code. */
    record Said(int code, String text) {
        boolean isOk() {
            return code == 0;
        }
    }

    static Said run(List<String> command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return new Said(-1, String.join(" ", command) + " did not end within " + PATIENCE_SECONDS + " s");
            }
            return new Said(process.exitValue(), text);
        } catch (IOException e) {
            return new Said(-1, e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted during " + command, e);
        }
    }

    static Said run(String... command) {
        return run(List.of(command));
    }

    /** @throws UncheckedIOException with what it said when it failed */
    static String must(String... command) {
        Said said = run(command);
        if (!said.isOk()) {
            throw new UncheckedIOException(new IOException(String.join(" ", command) + ": " + said.text()));
        }
        return said.text();
    }

    static boolean has(String program) {
        return run("sh", "-c", "command -v " + program).isOk();
    }
}
