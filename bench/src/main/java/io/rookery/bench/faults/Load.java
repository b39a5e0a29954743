package io.rookery.bench.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/** All clients of all workloads, each in a thread of its own, until it is stopped. */
final class Load implements AutoCloseable {
    private final List<Thread> threads = new ArrayList<>();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private volatile boolean stopped;

    /** @param think between two requests of a client */
    Load(List<Workload.Client> clients, Duration think) {
        for (Workload.Client client : clients) {
            Thread thread = new Thread(() -> run(client, think.toNanos()), "client");
            thread.setDaemon(true);
            threads.add(thread);
        }
        threads.forEach(Thread::start);
    }

    private void run(Workload.Client client, long think) {
        try {
            while (!stopped) {
                client.act();
                LockSupport.parkNanos(think);
            }
        } catch (RuntimeException e) {
            // an answer that a client cannot read is a finding, not an accident
            failures.add(client.getClass().getSimpleName() + ": " + e);
        }
    }

    /** What ended clients before their time. */
    List<String> failures() {
        return List.copyOf(failures);
    }

    /** Returns when all have ended. */
    @Override
    public void close() {
        stopped = true;
        for (Thread thread : threads) {
            try {
                thread.join(Duration.ofMinutes(2).toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
