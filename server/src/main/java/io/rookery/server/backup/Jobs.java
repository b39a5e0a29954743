package io.rookery.server.backup;

import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What runs and ran on this node, one at a time; one of a kind for a database. */
final class Jobs implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Jobs.class);

    private final String tag;
    private final Clock clock;
    private final Map<String, Job> jobs = new ConcurrentHashMap<>();
    private final ExecutorService executor = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "backup");
        thread.setDaemon(true);
        return thread;
    });

    Jobs(String tag, Clock clock) {
        this.tag = tag;
        this.clock = clock;
    }

    interface Work {
        void run(Job job) throws IOException;
    }

    /** @throws RookeryException CONFLICT while one of the kind runs for the database */
    Job begin(String kind, String database, String backup) {
        Job job = new Job(kind, database, backup, clock.millis());
        jobs.compute(kind + " " + database, (key, before) -> {
            if (before != null && before.state() == Job.State.RUNNING) {
                throw new RookeryException(
                        ErrorCode.CONFLICT, "A " + kind + " of " + database + " is running on this node already");
            }
            return job;
        });
        return job;
    }

    void run(Job job, Work work) {
        executor.execute(() -> {
            try {
                work.run(job);
                job.end(Job.State.DONE, null, clock.millis());
            } catch (IOException | RuntimeException e) {
                Throwable cause = e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
                LOG.warn("The {} of {} ended early", job.kind(), job.database(), cause);
                job.end(
                        Job.State.FAILED,
                        cause.getMessage() == null ? cause.toString() : cause.getMessage(),
                        clock.millis());
            }
        });
    }

    void fail(Job job, RuntimeException why) {
        job.end(Job.State.FAILED, why.getMessage(), clock.millis());
    }

    boolean isRunning(String kind, String database) {
        Job job = jobs.get(kind + " " + database);
        return job != null && job.state() == Job.State.RUNNING;
    }

    /** Of a database. */
    List<Map<String, Object>> of(String database) {
        return jobs.values().stream()
                .filter(job -> job.database().equals(database))
                .map(this::json)
                .toList();
    }

    Map<String, Object> json(Job job) {
        return job.json(tag);
    }

    @Override
    public void close() {
        executor.shutdownNow();
        try {
            executor.awaitTermination(30, TimeUnit.SECONDS); // its copy must be closed before what it shares
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
