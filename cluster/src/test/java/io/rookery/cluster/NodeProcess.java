package io.rookery.cluster;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/** A node of a {@link TestCluster} in a process of its own, which can be killed as a power cut would. */
final class NodeProcess implements AutoCloseable {
    private final Process process;

    private NodeProcess(Process process) {
        this.process = process;
    }

    static NodeProcess start(String tag, Path data, String raft) {
        try {
            return new NodeProcess(new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx256m",
                            "-XX:+UseSerialGC",
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            System.getProperty("java.class.path"),
                            NodeProcess.class.getName(),
                            tag,
                            data.toString(),
                            raft)
                    .inheritIO()
                    .start());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Returns when it has ended. */
    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** @param args tag, data folder, address for Raft */
    public static void main(String[] args) throws InterruptedException {
        ClusterNode.start(
                new ClusterConfig(
                        args[0],
                        Path.of(args[1]),
                        args[2],
                        "http://" + args[0],
                        false,
                        Duration.ofSeconds(1),
                        8 << 20,
                        8 << 20),
                TestCluster.SMALL_LOG);
        new CountDownLatch(1).await();
    }
}
