package io.rookery.samples.s3;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * S3Proxy in a process of its own, which keeps objects as files: a bucket is a folder. It checks signatures, and may be
 * killed and started again over the same files.
 */
public final class S3Server implements AutoCloseable {
    public static final String ACCESS_KEY = "rookery-test";
    public static final String SECRET_KEY = "rookery-test-secret";
    private static final long PATIENCE_SECONDS = 60;
    private static final String LOGGING =
            """
            <configuration>
              <appender name="OUT" class="ch.qos.logback.core.ConsoleAppender">
                <encoder><pattern>%d %-5level %logger %msg%n%ex</pattern></encoder>
              </appender>
              <root level="WARN"><appender-ref ref="OUT"/></root>
            </configuration>
            """;

    private final Path folder;
    private final int port;
    private Process process;

    /**
     * @param folder for the objects and the server's own files
     * @param port on loopback
     */
    public S3Server(Path folder, int port) {
        this.folder = folder;
        this.port = port;
    }

    public String url() {
        return "http://127.0.0.1:" + port;
    }

    /** Makes the bucket where it is missing, and returns when the server accepts connections. */
    public void start(String bucket) {
        try {
            Files.createDirectories(objects().resolve(bucket));
            Path logging = Files.writeString(folder.resolve("logback.xml"), LOGGING);
            Path properties = Files.writeString(folder.resolve("s3proxy.conf"), String.join("\n", properties()));
            String java =
                    Path.of(System.getProperty("java.home"), "bin", "java").toString();
            process = new ProcessBuilder(
                            java,
                            "-Xmx128m",
                            "-Dlogback.configurationFile=" + logging,
                            "-cp",
                            classpath(),
                            "org.gaul.s3proxy.Main",
                            "--properties",
                            "" + properties)
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("s3proxy.log").toFile())
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        await();
    }

    /** The folder whose folders are buckets. */
    public Path objects() {
        return folder.resolve("objects");
    }

    private List<String> properties() {
        return List.of(
                "s3proxy.endpoint=" + url(),
                "s3proxy.authorization=aws-v2-or-v4",
                "s3proxy.identity=" + ACCESS_KEY,
                "s3proxy.credential=" + SECRET_KEY,
                "jclouds.provider=filesystem-nio2",
                "jclouds.identity=unused",
                "jclouds.credential=unused",
                "jclouds.filesystem.basedir=" + objects());
    }

    private static String classpath() throws IOException {
        try (InputStream in = S3Server.class.getResourceAsStream("classpath.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
        }
    }

    private void await() {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!accepts()) {
            if (!process.isAlive() || System.nanoTime() - deadline > 0) {
                throw new IllegalStateException("No S3 server at " + url() + "; it said: " + told());
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
    }

    private String told() {
        try {
            return Files.readString(folder.resolve("s3proxy.log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean accepts() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** With SIGKILL. */
    @Override
    public void close() {
        if (process != null) {
            process.destroyForcibly()
                    .onExit()
                    .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
                    .join();
        }
    }
}
