package io.rookery.cluster;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.protocol.TransferLeadershipRequest;
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
    private static final long DISK_MILLIS = 100;
    private static final long SCRUB_MILLIS = 60_000;
    private static final long COMPACTION_MILLIS = 10_000;
    private static final long SWEEP_MILLIS = 1_000;
    private static final long HAND_ON_MILLIS = 3_000;
    private static final long HAND_ON_ENTRIES = 500;

    private final NodeContext node;
    private final Shards shards;
    private final NodeWatch watch;
    private final Scrubber scrubber;
    private final Reconciler reconciler;
    private final Supervisor supervisor;
    private final ClientId client = ClientId.randomId();
    private final AtomicLong callIds = new AtomicLong();
    private final Map<UUID, CompactionDriver> compactions = new ConcurrentHashMap<>();
    private final Map<UUID, SweepDriver> sweepers = new ConcurrentHashMap<>();
    private final Map<UUID, Long> flushed = new ConcurrentHashMap<>();
    private final ScheduledExecutorService quick;
    private final ScheduledExecutorService slow;
    /** A database that has much to do by itself must not hold up the others' members. */
    private final ScheduledExecutorService sweeps;

    private long leadingTerm = -1;
    private volatile boolean closed;

    Duties(NodeContext node, Shards shards, NodeWatch watch, Scrubber scrubber) {
        this.node = node;
        this.shards = shards;
        this.watch = watch;
        this.scrubber = scrubber;
        reconciler = new Reconciler(node, watch);
        supervisor = new Supervisor(watch);
        quick = Executors.newScheduledThreadPool(1, Threads.named(node.tag() + "-duties"));
        slow = Executors.newScheduledThreadPool(1, Threads.named(node.tag() + "-reconcile"));
        sweeps = Executors.newScheduledThreadPool(1, Threads.named(node.tag() + "-sweep"));
        node.peers().handle(Reconciler.MEMBERS, this::changeMembers);
        node.peers().handle(Reconciler.LEAD, this::handOn);
    }

    void start() {
        every(quick, ROUND_MILLIS, "supervise", this::supervise);
        every(quick, ROUND_MILLIS, "look after the Raft server", this::lookAfterServer);
        every(node.threads().timer(), DISK_MILLIS, "look at the disk", this::lookAtDisk);
        every(slow, ROUND_MILLIS, "reconcile", () -> leading().ifPresent(reconciler::round));
        every(slow, COMPACTION_MILLIS, "compact", this::compact);
        every(quick, SCRUB_MILLIS, "scrub", scrubber::round);
        every(sweeps, SWEEP_MILLIS, "sweep", this::sweep);
        every(node.threads().timer(), node.tuning().flushMillis(), "flush", this::flush);
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
        Optional<ReplicatedStore> system = leading();
        if (system.isEmpty()) {
            leadingTerm = -1;
            return;
        }
        long term = system.get().status().term();
        if (term != leadingTerm) {
            watch.restart();
            leadingTerm = term;
        }
        watch.askAll(SystemState.read(system.get()).nodes().keySet());
        node.level().raise(system.get(), watch);
        supervisor.round(system.get());
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
            // a group that is being removed is no longer found, or is forgotten in a moment
            if (state == LifeCycle.State.EXCEPTION
                    || (state.isClosingOrClosed()
                            && shards.isHeld(store.definition().group()))) {
                fatal("The Raft group of " + store.definition().database() + " has closed itself; see the log");
            }
        }
    }

    private void lookAtDisk() {
        node.disk().look();
        if (node.disk().lacksBallast()) {
            node.threads().background().execute(node.disk()::fillBallast);
        }
    }

    private void fatal(String message) {
        if (!closed) {
            node.tuning().fatal().accept(message);
        }
    }

    private void compact() {
        for (ReplicatedStore store : shards.all()) {
            UUID group = store.definition().group();
            if (store.leads()) {
                compactions
                        .computeIfAbsent(group, key -> new CompactionDriver(store))
                        .round(System.currentTimeMillis());
            } else {
                compactions.remove(group);
            }
        }
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

    /** Keeps a restart short: only what came after the last flush is applied again. */
    private void flush() {
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

    /** As a group's leader: makes these its members. Answers when a newcomer has caught up. */
    private CompletableFuture<byte[]> changeMembers(byte[] question) {
        WireReader in = new WireReader(question);
        RaftGroupId group = RaftGroupId.valueOf(UUID.fromString(in.text()));
        RaftServer server = node.server().get();
        SetConfigurationRequest.Arguments arguments = SetConfigurationRequest.Arguments.newBuilder()
                .setServersInNewConf(Members.read(in).toArray(RaftPeer[]::new))
                .setMode(SetConfigurationRequest.Mode.SET_UNCONDITIONALLY)
                .build();
        try {
            return server.setConfigurationAsync(new SetConfigurationRequest(
                            client, server.getId(), group, callIds.incrementAndGet(), arguments))
                    .thenApply(reply -> {
                        if (!reply.isSuccess()) {
                            throw new NotAppendedException("Members were not changed: " + reply.getException());
                        }
                        return new byte[0];
                    });
        } catch (java.io.IOException e) {
            return CompletableFuture.failedFuture(new NotAppendedException("Members were not changed: " + e));
        }
    }

    /** As a group's leader: another member shall lead. Nothing changes when that one is not up to date in time. */
    private CompletableFuture<byte[]> handOn(byte[] question) {
        WireReader in = new WireReader(question);
        RaftGroupId group = RaftGroupId.valueOf(UUID.fromString(in.text()));
        RaftPeerId next = RaftPeerId.valueOf(in.text());
        long behind = shards.find(group.getUuid())
                .map(store -> store.status().lag().getOrDefault(next.toString(), Long.MAX_VALUE))
                .orElse(Long.MAX_VALUE);
        if (behind > HAND_ON_ENTRIES) {
            // the leader takes no writes while the next one catches up
            return CompletableFuture.failedFuture(new NotAppendedException("The leader stays: " + next + " is behind"));
        }
        RaftServer server = node.server().get();
        try {
            return server.transferLeadershipAsync(new TransferLeadershipRequest(
                            client, server.getId(), group, callIds.incrementAndGet(), next, HAND_ON_MILLIS))
                    .thenApply(reply -> {
                        if (!reply.isSuccess()) {
                            throw new NotAppendedException("The leader stays: " + reply.getException());
                        }
                        return new byte[0];
                    });
        } catch (java.io.IOException e) {
            return CompletableFuture.failedFuture(new NotAppendedException("The leader stays: " + e));
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
