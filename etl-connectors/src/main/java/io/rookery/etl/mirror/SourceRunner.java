package io.rookery.etl.mirror;

import io.rookery.api.DeliveryGuarantee;
import io.rookery.api.Entry;
import io.rookery.api.ErrorCode;
import io.rookery.api.ExpressionEngine;
import io.rookery.api.Fence;
import io.rookery.api.Json;
import io.rookery.api.RookeryException;
import io.rookery.api.Setting;
import io.rookery.api.Source;
import io.rookery.api.SourceFactory;
import io.rookery.api.SourceRequest;
import io.rookery.api.Transform;
import io.rookery.api.TransformFactory;
import io.rookery.api.Write;
import io.rookery.etl.route.Assigned;
import io.rookery.etl.route.ParkedChange;
import io.rookery.etl.route.TaskEnvironment;
import io.rookery.etl.route.TaskState;
import io.rookery.etl.route.TaskStatus;
import io.rookery.etl.route.UnitRunner;
import io.rookery.etl.task.ConnectionDefinition;
import io.rookery.etl.task.TaskDefinition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows one legacy database for all tasks that read it, on one thread that owns source, mirror and expressions.
 *
 * <p>It starts the source again after a failure, with a growing wait; what somebody must mend makes it FAILED until a
 * resume. Pausing one task leaves its documents as they are while its rows are kept; the others go on.
 */
public final class SourceRunner implements UnitRunner {
    private static final Logger LOG = LoggerFactory.getLogger(SourceRunner.class);

    private final Assigned assigned;
    private final TaskEnvironment environment;
    private final SourceProgress progress;
    private final Set<String> paused = ConcurrentHashMap.newKeySet();
    private final ConcurrentLinkedQueue<Request<?>> requests = new ConcurrentLinkedQueue<>();
    private final AtomicReference<Source> source = new AtomicReference<>();
    private final Semaphore signal = new Semaphore(0);
    private final CountDownLatch end = new CountDownLatch(1);
    private final Thread thread;
    private volatile boolean stopped;
    private volatile boolean again;
    private volatile boolean resync;

    /** Something to be done by the owner thread between two batches. */
    private record Request<T>(Function<Mirror, T> action, CompletableFuture<T> result) {
        void run(Mirror mirror) {
            try {
                result.complete(action.apply(mirror));
            } catch (RuntimeException e) {
                result.completeExceptionally(e);
            }
        }
    }

    public SourceRunner(Assigned assigned, TaskEnvironment environment) {
        this.assigned = assigned;
        this.environment = environment;
        this.progress = new SourceProgress(assigned, environment.clock());
        assigned.tasks().stream().filter(assigned::standsStill).forEach(task -> paused.add(task.name()));
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
                } catch (RuntimeException e) {
                    if (stopped || again) {
                        continue;
                    }
                    attempt = progress.committed() > before ? 1 : attempt + 1;
                    rest(e, attempt);
                }
            }
        } finally {
            requests.forEach(request -> request.result().cancel(false));
            end.countDown();
        }
    }

    private void rest(RuntimeException failure, int attempt) {
        ErrorCode code = failure instanceof RookeryException known ? known.code() : ErrorCode.INTERNAL;
        boolean retry =
                code.type().retryable() && code != ErrorCode.SOURCE_REFUSED && code != ErrorCode.SOURCE_POSITION_LOST;
        LOG.warn("{}: {}", assigned.unit(), failure.getMessage(), retry ? null : failure);
        progress.failed(retry ? TaskState.WAITING : TaskState.FAILED, code, failure);
        signal.drainPermits();
        try {
            if (retry) {
                long wait = assigned.tasks().get(0).onError().backoff(attempt).toMillis();
                signal.tryAcquire(wait, TimeUnit.MILLISECONDS);
            } else {
                while (!stopped && !again) {
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
            Map<MirrorDefinition, List<Transform>> tasks = new LinkedHashMap<>();
            for (TaskDefinition task : assigned.tasks()) {
                tasks.put(MirrorDefinition.of(task), steps(task, expressions));
            }
            String connection = assigned.tasks().get(0).connection();
            Fence fence = new Fence(assigned.unit(), assigned.epoch());
            Mirror mirror = new Mirror(
                    new MirrorSetup(connection, tasks, fence, progress, Set.copyOf(paused)),
                    assigned.database(),
                    environment.clock()::millis);
            mirror.catchUp();
            boolean snapshot = resync || mirror.needsSnapshot();
            Source opened = open(connection, mirror);
            source.set(opened);
            try {
                if (stopped || again) {
                    return;
                }
                if (snapshot) {
                    LOG.info("{}: reading all rows of {}", assigned.unit(), mirror.tables());
                    mirror.beginSnapshot();
                    resync = false;
                }
                progress.running(paused);
                opened.run(snapshot ? null : mirror.offset(), batch -> {
                    mirror.accept(batch);
                    Request<?> request;
                    while ((request = requests.poll()) != null) {
                        request.run(mirror);
                    }
                });
            } finally {
                source.set(null);
                opened.close();
            }
        }
    }

    private Source open(String connection, Mirror mirror) {
        ConnectionDefinition definition = environment.connection(connection);
        SourceFactory factory = ServiceLoader.load(SourceFactory.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(candidate -> candidate.connectionKind().equals(definition.kind()))
                .findFirst()
                .orElseThrow(() -> new RookeryException(
                        ErrorCode.BAD_CONNECTION,
                        "Expected a connection to a database that can be followed but " + connection + " is "
                                + definition.kind()));
        return factory.create(new SourceRequest(
                environment.cluster(),
                connection,
                environment.resolved(definition),
                mirror.tables().stream().sorted().toList()));
    }

    private static List<Transform> steps(TaskDefinition task, ExpressionEngine expressions) {
        Map<String, TransformFactory> factories = new LinkedHashMap<>();
        ServiceLoader.load(TransformFactory.class).forEach(factory -> factories.put(factory.kind(), factory));
        List<Transform> steps = new ArrayList<>();
        for (Setting step : task.steps()) {
            String kind = step.only(factories.keySet().toArray(String[]::new))
                    .mapping()
                    .keySet()
                    .iterator()
                    .next();
            steps.add(factories.get(kind).create(step.get(kind), expressions));
        }
        return steps;
    }

    @Override
    public void pause(String task) {
        if (paused.add(task)) {
            restart();
        }
        progress.running(paused);
    }

    @Override
    public void resume(String task) {
        paused.remove(task);
        restart();
    }

    /** Reads all rows again and compares them with the stored ones: the way out of a lost position. */
    public void resync() {
        resync = true;
        restart();
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
        return request(mirror -> {
            int built = 0;
            for (String parked : id == null ? mirror.builder(task).parked().ids() : List.of(id)) {
                built += mirror.retry(task, parked) ? 1 : 0;
            }
            return built;
        });
    }

    @Override
    public CompletableFuture<Integer> skip(String task, String id, long sequence) {
        return request(mirror -> {
            List<Write> writes = mirror.builder(task).parked().built(id);
            mirror.commit(writes);
            return writes.size();
        });
    }

    @Override
    public CompletableFuture<Void> edit(String task, String id, long sequence, Json document) {
        return CompletableFuture.failedFuture(new RookeryException(
                ErrorCode.NOT_SUPPORTED,
                "The document " + id + " is made of rows: mend the rows or the task " + task + ", then retry"));
    }

    private <T> CompletableFuture<T> request(Function<Mirror, T> action) {
        CompletableFuture<T> result = new CompletableFuture<>();
        requests.add(new Request<>(action, result));
        return result;
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
            if (!end.await(10, TimeUnit.SECONDS)) {
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
