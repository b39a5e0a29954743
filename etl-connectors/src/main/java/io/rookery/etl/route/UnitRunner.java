package io.rookery.etl.route;

import io.rookery.api.ErrorCode;
import io.rookery.api.Json;
import io.rookery.api.RookeryException;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Runs one assigned unit on this node, on threads of its own. Every method may be called from any thread and returns at
 * once, but for {@link #close()}; futures complete when the runner has done what was asked.
 */
public interface UnitRunner extends AutoCloseable {
    /** Makes the runner of one kind of unit; does no I/O. */
    @FunctionalInterface
    interface Factory {
        UnitRunner create(Assigned assigned, TaskEnvironment environment);
    }

    void start();

    void pause(String task);

    /** Goes on after a pause, a stop or a failure. */
    void resume(String task);

    List<TaskStatus> statuses();

    /** Parked changes in the order of their keys; {@code after} is the key of the last one of the page before, or null. */
    List<ParkedChange> parked(String task, String after, int limit);

    /** Delivers parked changes of one document (null: of all) in order; the value is how many were delivered. */
    CompletableFuture<Integer> retry(String task, String id);

    /** Drops a parked change (sequence 0: all of the document); the value is how many. */
    CompletableFuture<Integer> skip(String task, String id, long sequence);

    /** Replaces the document of a parked change. */
    CompletableFuture<Void> edit(String task, String id, long sequence, Json document);

    /** Delivers again from an earlier place; the value is the sequence number behind which delivery goes on. */
    default CompletableFuture<Long> replay(String task, ReplayFrom from) {
        return CompletableFuture.failedFuture(new RookeryException(
                ErrorCode.NOT_SUPPORTED, "The task " + task + " reads a source: only tasks that deliver can replay"));
    }

    /**
     * Reads the source anew and applies what differs from the stored rows: the way out of a lost position. It is for all
     * tasks of the unit. Completes when the order is taken, long before the source was read.
     */
    default CompletableFuture<Void> resync(String task) {
        return CompletableFuture.failedFuture(new RookeryException(
                ErrorCode.NOT_SUPPORTED, "The task " + task + " delivers: only tasks that read a source can resync"));
    }

    /** Asks for the end without waiting for it. */
    void stop();

    /** True when no thread of it can write any more. */
    boolean ended();

    /** Stops, and waits some seconds for the end: what is under way is finished, the checkpoint is saved. */
    @Override
    void close();
}
