package io.rookery.bench;

import io.rookery.server.process.ServerProcess;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** So many writes a second from the start to the end, whether those before are answered or not. */
final class SteadyWrites implements AutoCloseable {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final ServerProcess node;
    private final Timings timings = new Timings();
    private final AtomicInteger failures = new AtomicInteger();
    private final AtomicInteger next = new AtomicInteger();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();

    private SteadyWrites(ServerProcess node) {
        this.node = node;
    }

    static SteadyWrites start(ServerProcess node, int aSecond) {
        SteadyWrites writes = new SteadyWrites(node);
        long pause = TimeUnit.SECONDS.toNanos(1) / aSecond;
        writes.clock.scheduleAtFixedRate(writes::write, pause, pause, TimeUnit.NANOSECONDS);
        return writes;
    }

    private void write() {
        int number = next.getAndIncrement();
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create(node.url() + "/databases/bench/docs?id=steady%2F" + number))
                .timeout(Duration.ofSeconds(30))
                .PUT(HttpRequest.BodyPublishers.ofString(HttpWrites.document(number)))
                .build();
        long sent = System.nanoTime();
        HTTP.sendAsync(request, HttpResponse.BodyHandlers.discarding()).whenComplete((answer, error) -> {
            if (error == null && answer.statusCode() < 300) {
                timings.add(sent, System.nanoTime());
            } else {
                failures.incrementAndGet();
            }
        });
    }

    /** Of the answers so far. */
    Timings timings() {
        return timings;
    }

    int failures() {
        return failures.get();
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
