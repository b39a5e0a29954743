package io.rookery.server.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * A node as a real process with this JVM's class path: started, killed, frozen, thawed and ended as an operating system
 * would. What is still running when this JVM ends, ends with it.
 */
public final class ServerProcess implements AutoCloseable {
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> RUNNING.forEach(Process::destroyForcibly)));
    }

    private final Settings settings;
    private Process process;

    /**
     * What a node is started with.
     *
     * @param data folder of the node; its log is {@code DATA/../TAG.log}
     * @param join URL of a node of the cluster to join; null to found one
     * @param heap as {@code -Xmx} has it, such as {@code 256m}
     * @param options further options of the JVM
     * @param environment further variables, as connections' {@code ${env:X}} read them
     * @param surroundings where it runs; {@link Surroundings#LOOPBACK} unless it is said otherwise
     * @param classPath this JVM's unless it is said otherwise, as with another release
     */
    public record Settings(
            String tag,
            Path data,
            int httpPort,
            int raftPort,
            String join,
            String heap,
            List<String> options,
            Map<String, String> environment,
            Surroundings surroundings,
            String classPath) {
        public Settings {
            options = List.copyOf(options);
            environment = Map.copyOf(environment);
        }

        public Settings(String tag, Path data, int httpPort, int raftPort, String join) {
            this(
                    tag,
                    data,
                    httpPort,
                    raftPort,
                    join,
                    "256m",
                    List.of(),
                    Map.of(),
                    Surroundings.LOOPBACK,
                    System.getProperty("java.class.path"));
        }

        public Settings withHeap(String heap) {
            return new Settings(
                    tag, data, httpPort, raftPort, join, heap, options, environment, surroundings, classPath);
        }

        public Settings withOptions(List<String> options) {
            return new Settings(
                    tag, data, httpPort, raftPort, join, heap, options, environment, surroundings, classPath);
        }

        public Settings withEnvironment(Map<String, String> environment) {
            return new Settings(
                    tag, data, httpPort, raftPort, join, heap, options, environment, surroundings, classPath);
        }

        public Settings withSurroundings(Surroundings surroundings) {
            return new Settings(
                    tag, data, httpPort, raftPort, join, heap, options, environment, surroundings, classPath);
        }

        /** To join the cluster of another node, when its data folder has none yet. */
        public Settings withJoin(String join) {
            return new Settings(
                    tag, data, httpPort, raftPort, join, heap, options, environment, surroundings, classPath);
        }

        /** A node of another release. */
        public Settings withClassPath(String classPath) {
            return new Settings(
                    tag, data, httpPort, raftPort, join, heap, options, environment, surroundings, classPath);
        }

        public Path log() {
            return data.toAbsolutePath().getParent().resolve(tag + ".log");
        }
    }

    /**
     * Where a node runs.
     *
     * @param host address that it listens at; others than loopback need {@code insecure: true} in the file
     * @param launcher command before the JVM's, which must become it by exec, such as {@code ip netns exec NAME}
     * @param config file with further keys; null for none
     */
    public record Surroundings(String host, List<String> launcher, Path config) {
        public static final Surroundings LOOPBACK = new Surroundings("127.0.0.1", List.of(), null);

        public Surroundings {
            launcher = List.copyOf(launcher);
        }
    }

    private ServerProcess(Settings settings) {
        this.settings = settings;
    }

    /** Returns as soon as the process runs; see {@link #awaitReady}. */
    public static ServerProcess start(Settings settings) {
        ServerProcess server = new ServerProcess(settings);
        server.start();
        return server;
    }

    /** Starts it again with the same settings after it ended. */
    public void start() {
        if (isAlive()) {
            throw new IllegalStateException("Node " + settings.tag() + " is running as process " + pid());
        }
        try {
            Files.createDirectories(settings.data());
            ProcessBuilder builder = new ProcessBuilder(command())
                    .redirectErrorStream(true)
                    .redirectOutput(
                            ProcessBuilder.Redirect.appendTo(settings.log().toFile()));
            builder.environment().putAll(settings.environment());
            process = builder.start();
            RUNNING.add(process);
        } catch (IOException e) {
            throw new UncheckedIOException("Node " + settings.tag() + " could not be started", e);
        }
    }

    private List<String> command() {
        Surroundings surroundings = settings.surroundings();
        List<String> command = new ArrayList<>(surroundings.launcher());
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx" + settings.heap());
        command.addAll(List.of(
                "-XX:MaxDirectMemorySize=1g",
                "-XX:+UseSerialGC",
                "-XX:+ExitOnOutOfMemoryError",
                "--add-opens=java.base/java.nio=ALL-UNNAMED",
                "--add-opens=java.base/java.lang=ALL-UNNAMED"));
        if (Runtime.version().feature() >= 22) {
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        if (Runtime.version().feature() >= 24) {
            command.add("--sun-misc-unsafe-memory-access=allow");
        }
        command.addAll(settings.options());
        command.addAll(List.of("-cp", settings.classPath(), "io.rookery.server.Main", "server"));
        command.addAll(
                List.of("--node", settings.tag(), "--data", settings.data().toString()));
        command.addAll(List.of("--http", surroundings.host() + ':' + settings.httpPort()));
        command.addAll(List.of("--raft", surroundings.host() + ':' + settings.raftPort()));
        if (surroundings.config() != null) {
            command.addAll(List.of("--config", surroundings.config().toString()));
        }
        if (settings.join() != null) {
            command.addAll(List.of("--join", settings.join()));
        }
        return command;
    }

    public Settings settings() {
        return settings;
    }

    public String tag() {
        return settings.tag();
    }

    public String url() {
        return "http://" + settings.surroundings().host() + ':' + settings.httpPort();
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process != null && process.isAlive();
    }

    /** Exit code of the process that ended. */
    public int exitCode() {
        return process.exitValue();
    }

    /** Whether it serves linearizable reads now. */
    public boolean isReady() {
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create(url() + "/health/ready"))
                    .timeout(Duration.ofSeconds(4))
                    .build();
            return HTTP.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while waiting for node " + tag(), e);
        }
    }

    /**
     * Returns when it is ready.
     *
     * @throws IllegalStateException with the end of its log when it ended, or is not ready in time
     */
    public ServerProcess awaitReady(Duration atMost) {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (!isReady()) {
            if (!isAlive() || System.nanoTime() - deadline > 0) {
                throw new IllegalStateException(
                        "Node " + tag() + (isAlive() ? " is not ready after " + atMost : " ended with " + exitCode())
                                + "\n" + logEnd());
            }
            pause();
        }
        return this;
    }

    private void pause() {
        try {
            if (process.waitFor(50, TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while waiting for node " + tag(), e);
        }
    }

    private String logEnd() {
        try {
            List<String> lines = Files.readAllLines(settings.log());
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 30), lines.size()));
        } catch (IOException e) {
            return "(no log: " + e.getMessage() + ')';
        }
    }

    /** Ends it at once, as a power cut would. */
    public void kill() {
        process.destroyForcibly();
        await(Duration.ofSeconds(20));
    }

    /** SIGSTOP: it keeps its connections and does nothing, until {@link #thaw}. */
    public void freeze() {
        signal("STOP");
    }

    public void thaw() {
        signal("CONT");
    }

    private void signal(String name) {
        try {
            Process sent = new ProcessBuilder("kill", "-" + name, Long.toString(pid())).start();
            if (sent.waitFor() != 0) {
                throw new IllegalStateException("SIG" + name + " did not reach node " + tag());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted", e);
        }
    }

    /** SIGTERM; returns the exit code. @throws IllegalStateException when it does not end in time */
    public int stop(Duration atMost) {
        process.destroy();
        if (!await(atMost)) {
            throw new IllegalStateException("Node " + tag() + " did not end within " + atMost + "\n" + logEnd());
        }
        return exitCode();
    }

    private boolean await(Duration atMost) {
        try {
            boolean ended = process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS);
            if (ended) {
                RUNNING.remove(process);
            }
            return ended;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while waiting for node " + tag(), e);
        }
    }

    /** Resident memory in bytes. */
    public long residentBytes() {
        try {
            return Files.readAllLines(Path.of("/proc", Long.toString(pid()), "status")).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Kills it if it runs. */
    @Override
    public void close() {
        if (isAlive()) {
            kill();
        }
    }
}
