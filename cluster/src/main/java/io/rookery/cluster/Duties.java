package io.rookery.cluster;

import io.rookery.cluster.topology.ReplicaPolicy;
import io.rookery.cluster.topology.SystemState;
import io.rookery.cluster.wire.Failures;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.util.LifeCycle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a node does by itself, again and again: supervise and reconcile where it leads the system shard, compact where it
 * leads a shard, flush, and look whether its Raft server still lives. One thread for what answers quickly, one for what
 * may block.
 */
final class Duties implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Duties.class);
    private static final long ROUND_MILLIS = 250;
    /** Who writes looks at the disk for himself; this is for what others write while nobody does. */
    private static final long DISK_MILLIS = 500;

    private static final long SCRUB_MILLIS = 60_000;
    private static final long COMPACTION_MILLIS = 10_000;
    private static final long SWEEP_MILLIS = 1_000;
    private static final long NEAR_ENTRIES = 256;

    private final NodeContext node;
    private final Shards shards;
    private final NodeWatch watch;
    private final Scrubber scrubber;
    private final Reconciler reconciler;
    private final Supervisor supervisor;
    private final LastState last = new LastState();
    private final Map<UUID, CompactionDriver> compactions = new ConcurrentHashMap<>();
    private final Map<UUID, SweepDriver> sweepers = new ConcurrentHashMap<>();
    private final Map<UUID, Long> flushed = new ConcurrentHashMap<>();
    private final ScheduledExecutorService quick;
    private final ScheduledExecutorService slow;
    /** A database that has much to do by itself must not hold up the others' members. */
    private final ScheduledExecutorService sweeps;

    private long leadingTerm = -1;
    private long supervisedAt = System.nanoTime();
    private volatile boolean closed;

    Duties(NodeContext node, Shards shards, NodeWatch watch, Supervising supervising, Scrubber scrubber) {
        this.node = node;
        this.shards = shards;
        this.watch = watch;
        this.scrubber = scrubber;
        reconciler = new Reconciler(node, watch, supervising.splits());
        this.supervisor = supervising.supervisor();
        quick = Executors.newScheduledThreadPool(1, Threads.named(node.tag() + "-duties"));
        slow = Executors.newScheduledThreadPool(1, Threads.named(node.tag() + "-reconcile"));
        sweeps = Executors.newScheduledThreadPool(1, Threads.named(node.tag() + "-sweep"));
        new GroupLead(node, shards);
    }

    /** What the system's leader does by itself. */
    record Supervising(Supervisor supervisor, ShardSplit splits) {}

    void start() {
        every(quick, ROUND_MILLIS, "supervise", this::supervise);
        every(quick, ROUND_MILLIS, "look after the Raft server", this::lookAfterServer);
        every(node.threads().timer(), DISK_MILLIS, "look at the disk", this::lookAtDisk);
        every(slow, ROUND_MILLIS, "reconcile", () -> leading()
                .ifPresent(system -> reconciler.round(system, last.of(system))));
        every(slow, COMPACTION_MILLIS, "compact", this::compact);
        every(quick, SCRUB_MILLIS, "scrub", scrubber::round);
        every(sweeps, SWEEP_MILLIS, "sweep", this::sweep);
        every(sweeps, SWEEP_MILLIS, "remove what splits moved", this::clean);
        every(node.threads().timer(), node.tuning().flushMillis(), "flush", this::flush);
    }

    static ReplicaPolicy policy(NodeContext node) {
        return new ReplicaPolicy(
                node.patience().rehab().toMillis(),
                node.patience().replacement().toMillis(),
                node.tuning().farEntries(),
                NEAR_ENTRIES);
    }

    private void every(ScheduledExecutorService executor, long millis, String what, Runnable duty) {
        executor.scheduleWithFixedDelay(
                () -> {
                    try {
                        if (!closed) {
                            duty.run();
                        }
                    } catch (RuntimeException e) {
                        if (!closed) {
                            LOG.info(
                                    "Could not {}: {}", what, Failures.unwrap(e).toString());
                        }
                    }
                },
                millis,
                millis,
                TimeUnit.MILLISECONDS);
    }

    private Optional<ReplicatedStore> leading() {
        return shards.system().filter(ReplicatedStore::leads);
    }

    private void supervise() {
        shards.system().ifPresent(node.level()::refresh);
        node.room().heard(node.level().known());
        Optional<ReplicatedStore> system = leading();
        if (system.isEmpty()) {
            leadingTerm = -1;
            return;
        }
        long term = system.get().status().term();
        long now = System.nanoTime();
        // after a pause of our own nobody has been silent but us
        boolean paused =
                now - supervisedAt > TimeUnit.MILLISECONDS.toNanos(node.tuning().silenceMillis());
        if (term != leadingTerm || paused) {
            watch.restart();
            leadingTerm = term;
        }
        supervisedAt = now;
        SystemState state = last.of(system.get());
        watch.askAll(state.nodes().keySet());
        node.level().raise(system.get(), watch);
        supervisor.round(system.get(), state, watch.sight(state.nodes().keySet()));
    }

    /** Ratis closes itself after a long pause or an error and says so only in its log: then this process is of no use. */
    private void lookAfterServer() {
        RaftServer server = node.server().get();
        if (server.getLifeCycleState().isClosingOrClosed()) {
            fatal("Raft has closed itself, after a long pause or an error; see the log");
            return;
        }
        for (ReplicatedStore store : shards.all()) {
            LifeCycle.State state = store.division()
                    .map(division -> division.getInfo().getLifeCycleState())
                    .orElse(LifeCycle.State.NEW);
            if (state == LifeCycle.State.EXCEPTION) {
                fatal("The Raft group of " + store.definition().database() + " has failed; see the log");
            } else if (state.isClosingOrClosed()) {
                closed(store);
            }
        }
    }

    private void lookAtDisk() {
        node.disk().look();
        if (node.disk().lacksBallast()) {
            node.threads().background().execute(node.disk()::fillBallast);
        }
    }

    /**
     * A replica that was replaced while its node was away is told by the others to close itself: it is of no use any
     * more, the process is. In all other cases a restart is the way out.
     */
    private void closed(ReplicatedStore store) {
        UUID group = store.definition().group();
        Runnable end = () -> {
            // a group that is being removed is no longer found, or is forgotten in a moment
            if (shards.isHeld(group)) {
                fatal("The Raft group of " + store.definition().database() + " has closed itself; see the log");
            }
        };
        Optional<ReplicatedStore> system = shards.system();
        if (system.isEmpty() || store.definition().isSystem()) {
            end.run();
            return;
        }
        // what was decided while this node was away, not what it knew before
        system.get()
                .fence()
                .thenRunAsync(
                        () -> {
                            if (SystemState.read(system.get()).wants(group, node.tag())) {
                                end.run();
                            }
                        },
                        node.threads().background())
                .exceptionally(failure -> null); // the next round asks again
    }

    private void fatal(String message) {
        if (!closed) {
            node.tuning().fatal().accept(message);
        }
    }

    private void compact() {
        long now = System.currentTimeMillis();
        for (ReplicatedStore store : shards.all()) {
            UUID group = store.definition().group();
            if (store.leads()) {
                compactions
                        .computeIfAbsent(group, key -> new CompactionDriver(store))
                        .round(now, backedUp(store.definition(), now));
            } else {
                compactions.remove(group);
            }
        }
    }

    private long backedUp(ShardDefinition shard, long now) {
        return shards.system()
                .flatMap(system -> system.document(BackupMark.BACKUPS + shard.database()))
                .map(mark -> BackupMark.of(mark).holds(shard.group(), now))
                .orElse(Long.MAX_VALUE);
    }

    private void sweep() {
        ReplicatedStore system = shards.system().orElse(null);
        for (ReplicatedStore store : system == null ? List.<ReplicatedStore>of() : shards.all()) {
            ShardDefinition shard = store.definition();
            if (!shard.isSystem() && store.leads()) {
                DatabaseSettings settings = system.document(DatabaseSettings.SETTINGS + shard.database())
                        .map(DatabaseSettings::of)
                        .orElse(DatabaseSettings.DEFAULT);
                sweepers.computeIfAbsent(shard.group(), key -> new SweepDriver(store))
                        .round(System.currentTimeMillis(), settings);
            } else {
                sweepers.remove(shard.group());
            }
        }
    }

    private static boolean isOpen(ReplicatedStore store) {
        return store.division()
                .map(division -> division.getInfo().getLifeCycleState() == LifeCycle.State.RUNNING)
                .orElse(false);
    }

    private void clean() {
        ReplicatedStore system = shards.system().orElse(null);
        for (ReplicatedStore store : system == null ? List.<ReplicatedStore>of() : shards.all()) {
            if (isOpen(store) && store.splits().count() > 0) {
                new SplitKeeping(store, node.tag(), shards::isHeld)
                        .round(system.document(SystemState.DATABASES
                                        + store.definition().database())
                                .map(SystemState::base)
                                .map(SystemState.Base::database));
            }
        }
    }

    /** Keeps a restart short: only what came after the last flush is applied again. */
    private void flush() {
        if (!node.disk().hasRoom()) {
            return; // one that fails stops all writes until RocksDB notices that there is room again
        }
        for (ReplicatedStore store : shards.all()) {
            UUID group = store.definition().group();
            long applied = store.replica().appliedIndex().reached();
            Long before = flushed.put(group, applied);
            if (before == null || before != applied) {
                node.threads().background().execute(() -> {
                    try {
                        store.replica().read(open -> open.flush());
                    } catch (RuntimeException e) {
                        LOG.info("Could not flush {}: {}", store.definition().database(), e.getMessage());
                    }
                });
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        quick.shutdownNow();
        slow.shutdownNow();
        sweeps.shutdownNow();
    }
}
