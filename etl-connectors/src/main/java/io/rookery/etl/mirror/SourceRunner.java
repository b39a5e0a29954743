package io.rookery.etl.mirror;

import io.rookery.api.DeliveryGuarantee;
import io.rookery.api.Entry;
import io.rookery.api.ErrorCode;
import io.rookery.api.ExpressionEngine;
import io.rookery.api.Fence;
import io.rookery.api.Json;
import io.rookery.api.RookeryException;
import io.rookery.api.Source;
import io.rookery.api.SourceBatch;
import io.rookery.etl.route.Assigned;
import io.rookery.etl.route.ParkedChange;
import io.rookery.etl.route.TaskEnvironment;
import io.rookery.etl.route.TaskState;
import io.rookery.etl.route.TaskStatus;
import io.rookery.etl.route.UnitRunner;
import io.rookery.etl.task.TaskDefinition;
import io.rookery.etl.task.TaskSteps;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows one legacy database for all tasks that read it. One thread owns the source; whoever uses the mirror and the
 * expressions holds the turn: the source's batches, and operators' requests between two of them.
 *
 * <p>It starts the source again after a failure, with a growing wait; what somebody must mend makes it FAILED until a
 * resume. Pausing one task leaves its documents as they are while its rows are kept; the others go on. A task that stops
 * by its error policy stands in the same way until a resume.
 */
public final class SourceRunner implements UnitRunner {
    private static final Logger LOG = LoggerFactory.getLogger(SourceRunner.class);

    private final Assigned assigned;
    private final TaskEnvironment environment;
    private final SourceConnection connection;
    private final SourceProgress progress;
    private final Map<String, Rejections> rejections = new HashMap<>();
    /** Tasks that stand still: by an operator, or by their error policy. */
    private final Set<String> paused = ConcurrentHashMap.newKeySet();

    private final MirrorRequests requests = new MirrorRequests();
    private final ReentrantLock turn = new ReentrantLock(true);
    /** The one that the source's batches go to; null when the source does not run. Whoever has the turn looks. */
    private Mirror mirror;

    private final AtomicReference<Source> source = new AtomicReference<>();
    private final Semaphore signal = new Semaphore(0);
    private final CountDownLatch end = new CountDownLatch(1);
    private final Thread thread;
    private volatile boolean stopped;
    private volatile boolean again;
    private volatile boolean resync;

    public SourceRunner(Assigned assigned, TaskEnvironment environment) {
        this.assigned = assigned;
        this.environment = environment;
        this.connection = new SourceConnection(assigned, environment);
        this.progress = new SourceProgress(assigned, environment.clock());
        for (TaskDefinition task : assigned.tasks()) {
            rejections.put(task.name(), new Rejections(task.name(), task.onError()));
            if (assigned.standsStill(task)) {
                paused.add(task.name());
            }
        }
        progress.standing(paused);
        this.thread = new Thread(this::run, assigned.unit());
        this.thread.setDaemon(true);
    }

    @Override
    public void start() {
        thread.start();
    }

    private void run() {
        int attempt = 0;
        try {
            while (!stopped) {
                long before = progress.committed();
                try {
                    again = false;
                    follow();
                    attempt = 0;
                } catch (TaskStopped e) {
                    halt(e);
                } catch (RuntimeException | LinkageError e) {
                    if (stopped || again) {
                        continue;
                    }
                    attempt = progress.committed() > before ? 1 : attempt + 1;
                    rest(e, attempt);
                }
            }
        } finally {
            end.countDown();
            requests.fail(MirrorRequests.ended(assigned.unit()));
        }
    }

    private void halt(TaskStopped stop) {
        LOG.error("Task {} stopped: {}", stop.task(), stop.getMessage());
        progress.halted(stop.task(), stop.getMessage());
        paused.add(stop.task());
        progress.standing(paused);
    }

    private void rest(Throwable failure, int attempt) {
        ErrorCode code = failure instanceof RookeryException known ? known.code() : ErrorCode.INTERNAL;
        boolean retry =
                code.type().retryable() && code != ErrorCode.SOURCE_REFUSED && code != ErrorCode.SOURCE_POSITION_LOST;
        LOG.warn("{}: {}", assigned.unit(), failure.getMessage(), retry ? null : failure);
        progress.failed(retry ? TaskState.WAITING : TaskState.FAILED, code, failure);
        long wait = assigned.tasks().get(0).onError().backoff(attempt).toNanos();
        long until = System.nanoTime() + wait;
        try {
            while (!stopped && !again && (!retry || until - System.nanoTime() > 0)) {
                serveWithoutSource();
                if (retry) {
                    signal.tryAcquire(until - System.nanoTime(), TimeUnit.NANOSECONDS);
                } else {
                    signal.acquire();
                }
            }
        } catch (InterruptedException e) {
            stopped = true;
        }
    }

    private void follow() {
        progress.state(TaskState.STARTING);
        try (ExpressionEngine expressions = ExpressionEngine.open()) {
            Mirror opened = mirror(expressions);
            opened.catchUp();
            boolean snapshot = resync || opened.needsSnapshot();
            Source started = connection.open(opened.tables());
            source.set(started);
            try {
                if (stopped || again) {
                    return;
                }
                if (snapshot) {
                    LOG.info("{}: reading all rows of {}", assigned.unit(), opened.tables());
                    opened.beginSnapshot();
                    resync = false;
                }
                progress.standing(paused);
                progress.state(TaskState.RUNNING);
                take(opened);
                serve();
                started.run(snapshot ? null : opened.offset(), batch -> accept(opened, batch));
            } finally {
                take(null);
                source.set(null);
                started.close();
                settle(opened);
            }
        }
    }

    private void settle(Mirror mirror) {
        try {
            mirror.settle();
        } catch (RuntimeException e) {
            LOG.debug("{}: what was under way was not committed", assigned.unit(), e);
        }
    }

    private Mirror mirror(ExpressionEngine expressions) {
        List<MirrorTask> tasks = new ArrayList<>();
        List<MirrorDefinition> definitions = connection.definitions();
        for (int i = 0; i < definitions.size(); i++) {
            TaskDefinition task = assigned.tasks().get(i);
            tasks.add(new MirrorTask(
                    definitions.get(i), TaskSteps.compile(task.steps(), expressions), rejections.get(task.name())));
        }
        return new Mirror(
                new MirrorSetup(
                        connection.name(),
                        tasks,
                        new Fence(assigned.unit(), assigned.epoch()),
                        progress,
                        Set.copyOf(paused),
                        MirrorLimits.DEFAULT),
                assigned.database(),
                environment.clock()::millis);
    }

    // ---- turns

    private void take(Mirror next) {
        turn.lock();
        try {
            mirror = next;
        } finally {
            turn.unlock();
        }
    }

    private void accept(Mirror opened, SourceBatch batch) {
        turn.lock();
        try {
            if (mirror != opened) {
                throw new IllegalStateException("The mirror was given up after a failed request");
            }
            opened.accept(batch);
        } finally {
            turn.unlock();
        }
    }

    /** Between two batches of the source; where it does not run, nothing. */
    private void serve() {
        turn.lock();
        try {
            if (mirror != null && !requests.serve(mirror)) {
                mirror = null;
                restart();
            }
        } finally {
            turn.unlock();
        }
    }

    /** The stored rows are enough to build documents from. */
    private void serveWithoutSource() {
        while (!requests.isEmpty()) {
            try (ExpressionEngine expressions = ExpressionEngine.open()) {
                Mirror opened = mirror(expressions);
                opened.catchUp(); // a changed mapping reaches all documents before a retry builds one by it
                requests.serve(opened);
            } catch (RuntimeException e) {
                requests.fail(e);
            }
        }
    }

    private <T> CompletableFuture<T> request(Function<Mirror, T> action) {
        CompletableFuture<T> result = requests.add(action);
        if (ended()) {
            requests.fail(MirrorRequests.ended(assigned.unit()));
            return result;
        }
        signal.release();
        Thread server = new Thread(this::serve, assigned.unit() + "-request");
        server.setDaemon(true);
        server.start();
        return result;
    }

    // ---- what may be asked

    @Override
    public void pause(String task) {
        if (paused.add(task)) {
            restart();
        }
        progress.standing(paused);
    }

    @Override
    public void resume(String task) {
        paused.remove(task);
        progress.standing(paused);
        turn.lock();
        try {
            rejections.get(task).reset();
        } finally {
            turn.unlock();
        }
        restart();
    }

    @Override
    public CompletableFuture<Void> resync(String task) {
        resync = true;
        restart();
        return CompletableFuture.completedFuture(null);
    }

    /** Ends what runs and begins again from what is committed. */
    private void restart() {
        again = true;
        endSource();
        signal.release();
    }

    private void endSource() {
        Source running = source.get();
        if (running != null) {
            Thread closer =
                    new Thread(running::close, assigned.unit() + "-close"); // takes seconds; the caller does not wait
            closer.setDaemon(true);
            closer.start();
        }
    }

    @Override
    public List<TaskStatus> statuses() {
        return progress.statuses();
    }

    @Override
    public List<ParkedChange> parked(String task, String after, int limit) {
        return assigned.database().entries("parked/" + task + '/', after, limit).stream()
                .map(Entry::value)
                .map(value -> ParkedDocuments.change(Json.trusted(value)))
                .toList();
    }

    @Override
    public CompletableFuture<Integer> retry(String task, String id) {
        return request(mirrored -> {
            int built = 0;
            for (String parked : id == null ? mirrored.parked(task) : List.of(id)) {
                built += mirrored.retry(task, parked) ? 1 : 0;
            }
            return built;
        });
    }

    @Override
    public CompletableFuture<Integer> skip(String task, String id, long sequence) {
        return request(mirrored -> mirrored.skip(task, id));
    }

    @Override
    public CompletableFuture<Void> edit(String task, String id, long sequence, Json document) {
        return CompletableFuture.failedFuture(new RookeryException(
                ErrorCode.NOT_SUPPORTED,
                "The document " + id + " is made of rows: mend the rows or the task " + task + ", then retry"));
    }

    @Override
    public void stop() {
        stopped = true;
        endSource();
        signal.release();
    }

    @Override
    public boolean ended() {
        return end.getCount() == 0 || !thread.isAlive();
    }

    @Override
    public void close() {
        stop();
        try {
            if (thread.isAlive() && !end.await(10, TimeUnit.SECONDS)) {
                LOG.warn("{}: the source did not end within 10 seconds", assigned.unit());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What the owner of a unit says of itself to be at least. */
    static DeliveryGuarantee guarantee() {
        return DeliveryGuarantee.EXACTLY_ONCE;
    }
}
