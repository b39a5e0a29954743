package io.rookery.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A class of this benchmark as a process of its own, in a JVM as a node has it; it ends with this one. */
final class Child implements AutoCloseable {
    private final Process process;
    private final BufferedReader answers;
    private final PrintStream commands;
    private String greeting;

    private Child(Process process) {
        this.process = process;
        answers = process.inputReader(StandardCharsets.UTF_8);
        commands = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
    }

    /** Returns when it said its first line. */
    static Child start(Class<?> main, Path log, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(
                "-Xmx256m",
                "-XX:MaxDirectMemorySize=128m",
                "-XX:+UseSerialGC",
                "--add-opens=java.base/java.nio=ALL-UNNAMED",
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(arguments));
        Child child = new Child(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start());
        Runtime.getRuntime().addShutdownHook(new Thread(child.process::destroyForcibly));
        child.greeting = child.answer();
        return child;
    }

    /** Its first line. */
    String greeting() {
        return greeting;
    }

    /** Sends a line and waits for the answer to it. */
    String ask(String line) throws IOException {
        commands.println(line);
        return answer();
    }

    private String answer() throws IOException {
        String line = answers.readLine();
        if (line == null) {
            throw new IOException("The process " + process.info().commandLine() + " has ended");
        }
        return line;
    }

    /** Its input ends, so it does; after some seconds it is killed. */
    @Override
    public void close() {
        commands.close();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
