package io.rookery.etl.mirror;

import io.rookery.api.ErrorCode;
import io.rookery.etl.route.Assigned;
import io.rookery.etl.route.TaskState;
import io.rookery.etl.route.TaskStatus;
import io.rookery.etl.task.TaskDefinition;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** What a source runner shows of itself. Written by its thread, read by any. */
final class SourceProgress implements MirrorProgress {
    private static final long WINDOW = 10_000;

    private final Assigned assigned;
    private final Clock clock;
    private final AtomicLong batches = new AtomicLong();
    private final AtomicLong rows = new AtomicLong();
    private final Map<String, Long> written = new ConcurrentHashMap<>();
    private final Map<String, Integer> parked = new ConcurrentHashMap<>();
    /** Tasks that stopped by their error policy, and why. */
    private final Map<String, TaskStatus.Problem> halted = new ConcurrentHashMap<>();

    private volatile TaskState state = TaskState.STARTING;
    private volatile Set<String> paused = Set.of();
    private volatile Optional<TaskStatus.Problem> problem = Optional.empty();
    private volatile long since;
    private volatile long windowStart;
    private volatile long windowRows;
    private volatile double rate;
    private volatile long lag;

    SourceProgress(Assigned assigned, Clock clock) {
        this.assigned = assigned;
        this.clock = clock;
        this.since = clock.millis();
        this.windowStart = since;
    }

    void state(TaskState next) {
        if (state != next) {
            state = next;
            since = clock.millis();
        }
    }

    /** Tasks that stand still while the others go on. */
    void standing(Set<String> tasks) {
        paused = Set.copyOf(tasks);
        halted.keySet().retainAll(paused);
    }

    /** A task stopped by its error policy. */
    void halted(String task, String message) {
        halted.put(task, new TaskStatus.Problem(ErrorCode.CHANGE_REJECTED, message, clock.millis()));
    }

    void failed(TaskState next, ErrorCode code, Throwable failure) {
        problem = Optional.of(new TaskStatus.Problem(code, String.valueOf(failure.getMessage()), clock.millis()));
        state(next);
    }

    /** Batches so far: tells whether an attempt got anywhere. */
    long committed() {
        return batches.get();
    }

    @Override
    public void rows(int count, long sourceTimestamp) {
        batches.incrementAndGet();
        long all = rows.addAndGet(count);
        long now = clock.millis();
        lag = sourceTimestamp == 0 ? 0 : Math.max(0, (now - sourceTimestamp) / 1_000);
        if (now - windowStart >= WINDOW) {
            rate = (all - windowRows) * 1_000.0 / (now - windowStart);
            windowStart = now;
            windowRows = all;
        }
    }

    @Override
    public void documents(String task, int count, int waiting) {
        written.merge(task, (long) count, Long::sum);
        parked.put(task, waiting);
    }

    List<TaskStatus> statuses() {
        return assigned.tasks().stream().map(this::status).toList();
    }

    private TaskStatus status(TaskDefinition task) {
        TaskStatus.Problem halt = halted.get(task.name());
        boolean stands = paused.contains(task.name()) && state != TaskState.FAILED;
        TaskState still = halt == null ? TaskState.PAUSED : TaskState.STOPPED;
        return new TaskStatus(
                task.name(),
                assigned.unit(),
                assigned.shard(),
                stands ? still : state,
                assigned.epoch(),
                rows.get(),
                rows.get(),
                lag,
                clock.millis() - windowStart > 3 * WINDOW ? 0 : rate,
                parked.getOrDefault(task.name(), 0),
                written.getOrDefault(task.name(), 0L),
                stands && halt != null ? Optional.of(halt) : problem,
                stands && halt != null ? halt.at() : since,
                SourceRunner.guarantee());
    }
}
