package io.rookery.etl.route;

import io.rookery.api.DeliveryGuarantee;
import io.rookery.api.DocumentDatabase;
import io.rookery.api.ErrorCode;
import io.rookery.api.Json;
import io.rookery.api.RookeryException;
import io.rookery.api.SinkFactory;
import io.rookery.etl.task.TaskDefinition;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one delivery on a thread of its own, and is the only place that retries. Ends for good when another node has
 * taken over. All that touches the delivery happens on that thread, so what operators ask for waits in a bounded queue.
 */
public final class TaskRunner implements UnitRunner {
    private static final Logger LOG = LoggerFactory.getLogger(TaskRunner.class);
    private static final Duration IDLE = Duration.ofSeconds(1);
    private static final Duration END = Duration.ofSeconds(5);
    private static final Runnable WAKE = new Wake();

    /** Does nothing but end a wait. */
    private record Wake() implements Runnable {
        @Override
        public void run() {}
    }

    private final Assigned assigned;
    private final TaskDefinition task;
    private final String title;
    private final TaskEnvironment environment;
    private final DocumentDatabase database;
    private final DeliveryGuarantee guarantee;
    private final Delivery delivery;
    private final Thread thread;
    private final BlockingQueue<Runnable> commands = new ArrayBlockingQueue<>(256);
    private final AtomicBoolean wakes = new AtomicBoolean();
    private final Rate rate = new Rate();
    private volatile boolean stopping;
    private volatile TaskStatus status;
    private volatile long waitingSince;
    private TaskState state;
    private long since;
    private TaskStatus.Problem problem;
    private int failures;
    private long failingSince;
    private long began;

    TaskRunner(Assigned assigned, SinkFactory factory, TaskEnvironment environment, TaskRoutes routes) {
        this.assigned = assigned;
        this.task = assigned.tasks().get(0);
        this.title = assigned.title(task);
        this.environment = environment;
        this.database = assigned.database();
        this.guarantee = factory.guarantee();
        this.delivery = new Delivery(assigned, task, factory, environment, routes);
        this.thread = new Thread(this::run, "rookery-" + assigned.unit());
        thread.setDaemon(true); // a target that hangs must not hold up the end of the process
        enter(assigned.standsStill(task) ? TaskState.PAUSED : TaskState.STARTING);
        publish();
    }

    @Override
    public void start() {
        thread.start();
    }

    private void run() {
        try {
            while (!stopping) {
                try {
                    turn();
                } catch (RuntimeException e) {
                    failed(e);
                } catch (LinkageError e) {
                    failed(new IllegalStateException(e)); // a driver that does not fit; the thread must not end unseen
                } finally {
                    publish();
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("Task {} was interrupted at its end", title, e);
        } finally {
            end();
        }
    }

    private void turn() throws InterruptedException {
        if (standsStill()) {
            await(IDLE);
            return;
        }
        if (state == TaskState.WAITING) {
            waitForRetry();
            return;
        }
        openIfNeeded();
        began = System.nanoTime();
        boolean more = delivery.step();
        failures = 0;
        if (state != TaskState.RUNNING) {
            enter(TaskState.RUNNING);
        }
        waitingSince = 0;
        publish();
        drainCommands();
        if (!more && !stopping) {
            awaitChange();
        }
    }

    private boolean standsStill() {
        return state == TaskState.PAUSED || state == TaskState.STOPPED || state == TaskState.FAILED;
    }

    private void openIfNeeded() {
        if (!delivery.isOpen()) {
            delivery.open();
            LOG.info("Task {} delivers from {} in epoch {}", title, delivery.position(), assigned.epoch());
        }
    }

    private void drainCommands() {
        for (Runnable command = commands.poll(); command != null; command = commands.poll()) {
            command.run();
        }
    }

    /** At most one future waits at the feed, and at most one wake-up is in the queue. */
    private void awaitChange() throws InterruptedException {
        if (wakes.compareAndSet(false, true)) {
            database.beyond(delivery.position()).whenComplete((head, failure) -> {
                wakes.set(false);
                commands.offer(WAKE);
            });
        }
        if (await(IDLE) && task.batch().linger().compareTo(Duration.ZERO) > 0 && commands.isEmpty()) {
            linger();
        }
    }

    /**
     * A change is here. After a rest it goes at once; while changes keep coming they travel together, with as long as that
     * between two batches.
     */
    private void linger() throws InterruptedException {
        long end = began + task.batch().linger().toNanos();
        for (long left = end - System.nanoTime(); left > 0 && !stopping; left = end - System.nanoTime()) {
            Runnable command = commands.poll(left, TimeUnit.NANOSECONDS);
            if (command != null) {
                command.run();
            }
        }
    }

    /** Runs the next command, if one comes in time. */
    private boolean await(Duration longest) throws InterruptedException {
        Runnable command = commands.poll(longest.toMillis(), TimeUnit.MILLISECONDS);
        if (command == null) {
            return false;
        }
        command.run();
        return command == WAKE;
    }

    private void waitForRetry() throws InterruptedException {
        long end = System.nanoTime() + task.onError().backoff(failures).toNanos();
        for (long left = 1; left > 0 && state == TaskState.WAITING && !stopping; left = end - System.nanoTime()) {
            await(Duration.ofMillis(Math.min(IDLE.toMillis(), Math.max(1, left / 1_000_000))));
        }
        if (state == TaskState.WAITING) {
            enter(delivery.isOpen() ? TaskState.RUNNING : TaskState.STARTING);
        }
    }

    private void failed(RuntimeException e) {
        ErrorCode code = e instanceof RookeryException known ? known.code() : ErrorCode.INTERNAL;
        long now = environment.clock().millis();
        problem = new TaskStatus.Problem(code, message(code, e), now);
        waitingSince = delivery.waitingSince();
        if (code == ErrorCode.FENCED) {
            LOG.info("Task {} ends here, another owner has taken over: {}", title, e.getMessage());
            stopping = true;
            enter(TaskState.FAILED);
        } else if (e instanceof StoppedException) {
            LOG.error("Task {} stopped: {}", title, e.getMessage());
            enter(TaskState.STOPPED);
        } else if (code != ErrorCode.INTERNAL && !code.type().retryable() && code != ErrorCode.CONFLICT) {
            LOG.error("Task {} failed: {}", title, problem.message());
            delivery.close();
            enter(TaskState.FAILED);
        } else {
            failedForNow(code, e, now);
        }
    }

    private static String message(ErrorCode code, RuntimeException e) {
        String message = e instanceof RookeryException ? e.getMessage() : e.toString();
        return code == ErrorCode.GONE
                ? message + "; the target missed deletes that are forgotten: replay the task from start to resync it"
                : message;
    }

    private void failedForNow(ErrorCode code, RuntimeException e, long now) {
        if (failures++ == 0) {
            failingSince = now;
        }
        if (code == ErrorCode.INTERNAL) {
            LOG.error("Task {} failed in an unexpected way", title, e);
            delivery.close(); // whatever state it was in, opening asks the target for the truth
        } else {
            LOG.warn("Task {} waits, attempt {}: {}", title, failures, e.getMessage());
        }
        boolean givesUp = task.onError()
                .giveUpAfter()
                .filter(longest -> now - failingSince >= longest.toMillis())
                .isPresent();
        enter(givesUp ? TaskState.STOPPED : TaskState.WAITING);
    }

    private void enter(TaskState next) {
        state = next;
        since = environment.clock().millis();
    }

    private void end() {
        try {
            if (delivery.isOpen() && state == TaskState.RUNNING) {
                delivery.settle();
            }
        } catch (RuntimeException e) {
            LOG.info("Task {} ends without a last checkpoint: {}", title, e.getMessage());
        }
        try {
            delivery.close();
        } catch (RuntimeException e) {
            LOG.warn("Task {} did not close cleanly", title, e);
        }
        stopping = true;
        drainCommands();
        publish();
    }

    /** Another attempt after a failure is no progress: the task waits until one succeeds. */
    private TaskState shownState() {
        boolean trying = state == TaskState.RUNNING || state == TaskState.STARTING;
        return trying && failures > 0 ? TaskState.WAITING : state;
    }

    private void publish() {
        status = new TaskStatus(
                task.name(),
                assigned.unit(),
                assigned.shard(),
                shownState(),
                assigned.epoch(),
                delivery.position(),
                delivery.head(),
                0,
                rate.update(delivery.delivered(), environment.clock().millis()),
                delivery.parkedTotal(),
                delivery.delivered(),
                Optional.ofNullable(problem),
                since,
                guarantee);
    }

    @Override
    public List<TaskStatus> statuses() {
        TaskStatus last = status;
        long waiting = waitingSince;
        long head = last.head() == 0 ? 0 : database.beyond(last.head() - 1).getNow(last.head());
        long lag = waiting == 0 ? 0 : Math.max(0, (environment.clock().millis() - waiting) / 1_000);
        return List.of(new TaskStatus(
                last.task(),
                last.unit(),
                last.shard(),
                last.state(),
                last.epoch(),
                last.sequence(),
                Math.max(head, last.head()),
                lag,
                last.rate(),
                last.parked(),
                last.delivered(),
                last.problem(),
                last.since(),
                last.guarantee()));
    }

    @Override
    public void pause(String name) {
        ask(() -> {
            if (state == TaskState.RUNNING) {
                delivery.settle();
            }
            enter(TaskState.PAUSED);
            return null;
        });
    }

    @Override
    public void resume(String name) {
        ask(() -> {
            if (standsStill() || state == TaskState.WAITING) {
                delivery.resetBreaker();
                failures = 0;
                enter(TaskState.STARTING);
            }
            return null;
        });
    }

    @Override
    public List<ParkedChange> parked(String name, String after, int limit) {
        return ParkedChanges.list(task.name(), database, after, limit);
    }

    @Override
    public CompletableFuture<Integer> retry(String name, String id) {
        return ask(() -> {
            openIfNeeded();
            return id == null ? delivery.retryAll() : delivery.retry(id);
        });
    }

    @Override
    public CompletableFuture<Integer> skip(String name, String id, long sequence) {
        return ask(() -> {
            openIfNeeded();
            return delivery.skip(id, sequence);
        });
    }

    @Override
    public CompletableFuture<Void> edit(String name, String id, long sequence, Json document) {
        return ask(() -> {
            openIfNeeded();
            delivery.edit(id, sequence, document);
            return null;
        });
    }

    @Override
    public CompletableFuture<Long> replay(String name, ReplayFrom from) {
        return ask(() -> {
            openIfNeeded();
            long sequence = delivery.replay(from);
            LOG.info("Task {} delivers again from {}", title, sequence);
            if (state == TaskState.FAILED || state == TaskState.WAITING) {
                failures = 0;
                enter(TaskState.RUNNING);
            }
            return sequence;
        });
    }

    private <T> CompletableFuture<T> ask(Callable<T> action) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        boolean taken = !stopping && commands.offer(() -> answer(action, answer));
        if (!taken) {
            answer.completeExceptionally(new RookeryException(
                    ErrorCode.UNAVAILABLE, "The task " + title + " does not take commands here now"));
        } else if (ended()) {
            drainCommands(); // it ended between the question and the queue
        }
        return answer;
    }

    /** On the task's thread, or after its end. */
    private <T> void answer(Callable<T> action, CompletableFuture<T> answer) {
        if (stopping) {
            answer.completeExceptionally(
                    new RookeryException(ErrorCode.UNAVAILABLE, "The task " + title + " has ended here"));
            return;
        }
        try {
            answer.complete(action.call());
        } catch (Exception e) {
            answer.completeExceptionally(e);
            if (e instanceof RookeryException known && known.code() == ErrorCode.FENCED) {
                failed(known);
            }
        }
        publish();
    }

    @Override
    public void stop() {
        stopping = true;
        commands.offer(WAKE);
    }

    @Override
    public boolean ended() {
        return thread.getState() == Thread.State.NEW || !thread.isAlive();
    }

    @Override
    public void close() {
        stop();
        join();
        if (!ended()) {
            thread.interrupt();
            join();
        }
        if (!ended()) {
            LOG.warn("Task {} still waits for its target at the end", title);
        }
    }

    private void join() {
        try {
            if (thread.isAlive()) {
                thread.join(END.toMillis());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
