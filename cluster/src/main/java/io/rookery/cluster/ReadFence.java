package io.rookery.cluster;

import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import io.rookery.cluster.wire.Failures;
import io.rookery.cluster.wire.NotAppendedException;
import io.rookery.cluster.wire.OutcomeCodec;
import io.rookery.cluster.wire.WireReader;
import io.rookery.cluster.wire.WireWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.ratis.server.DivisionInfo;

/**
 * Makes local reads linearizable. On the leader the {@link ReadLease} is enough, or one barrier entry that all who wait
 * share, or a {@link LeadCheck} where the log does not move; elsewhere one question to the leader, shared by all, for the
 * index that must be applied here first.
 */
final class ReadFence {
    /**
     * Set to {@code off} it lets reads through unfenced, so that a test can show that they are stale then. Never for
     * anything else.
     */
    static final String SWITCH = "rookery.unsafe.read.fence";

    private static final long TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(5);
    /** A barrier that took longer may never come: followers whose disks are full take no entries. */
    private static final long BARRIER_MILLIS = 200;

    private final NodeContext node;
    private final ShardDefinition shard;
    private final Replica replica;
    private final Supplier<Optional<DivisionInfo>> raft;
    private final ReadLease lease;
    private final LeaderQuestions questions;
    private final SharedRound<Long> barrier;
    private final SharedRound<Long> check;
    private final SharedRound<Long> question;

    /**
     * How a leader knows that it leads.
     *
     * @param barrier puts an empty command into the log
     * @param check asks a majority
     */
    record Proofs(Supplier<CompletableFuture<Long>> barrier, Supplier<CompletableFuture<Long>> check) {}

    ReadFence(
            NodeContext node,
            ShardDefinition shard,
            Replica replica,
            Supplier<Optional<DivisionInfo>> raft,
            ReadLease lease,
            Proofs proofs,
            LeaderQuestions questions) {
        this.node = node;
        this.shard = shard;
        this.replica = replica;
        this.raft = raft;
        this.lease = lease;
        this.questions = questions;
        this.barrier = new SharedRound<>(proofs.barrier());
        this.check = new SharedRound<>(proofs.check());
        this.question = new SharedRound<>(this::askLeader);
    }

    CompletableFuture<Void> pass() {
        if ("off".equals(System.getProperty(SWITCH))) {
            return CompletableFuture.completedFuture(null);
        }
        Optional<DivisionInfo> info = raft.get();
        if (info.isPresent() && lease.holds(info.get())) {
            return CompletableFuture.completedFuture(null);
        }
        return pass(System.nanoTime() + TIMEOUT_NANOS);
    }

    private CompletableFuture<Void> pass(long deadline) {
        boolean leader = raft.get().map(DivisionInfo::isLeader).orElse(false);
        CompletableFuture<Long> index = leader ? leaderIndex() : question.join();
        return index.thenCompose(replica.appliedIndex()::at)
                .orTimeout(10, TimeUnit.SECONDS)
                .handle((reached, failure) -> {
                    if (failure == null) {
                        return CompletableFuture.<Void>completedFuture(null);
                    }
                    if (System.nanoTime() - deadline > 0 || raft.get().isEmpty()) {
                        return CompletableFuture.<Void>failedFuture(new RookeryException(
                                ErrorCode.NO_LEADER,
                                "No leader of " + shard.database() + "/" + shard.shard()
                                        + " could confirm that this node's data is current: "
                                        + Failures.unwrap(failure).getMessage(),
                                failure));
                    }
                    // asking again is harmless: nothing was changed
                    return CompletableFuture.supplyAsync(
                                    () -> deadline, node.threads().later(50))
                            .thenCompose(this::pass);
                })
                .thenCompose(done -> done);
    }

    /** As the leader: the index that a reader elsewhere must have applied. */
    CompletableFuture<Long> leaderIndex() {
        Optional<DivisionInfo> info = raft.get();
        if (info.isEmpty() || !info.get().isLeader()) {
            return CompletableFuture.failedFuture(new NotAppendedException("Node " + node.tag() + " does not lead"));
        }
        // first the index, then the lease: the lease must still hold after the place was read
        long applied = replica.appliedIndex().reached();
        return lease.holds(info.get()) ? CompletableFuture.completedFuture(applied) : proved();
    }

    private CompletableFuture<Long> proved() {
        if (!node.disk().hasRoom()) {
            return check.join();
        }
        CompletableFuture<Long> index = barrier.join();
        node.threads().later(BARRIER_MILLIS).execute(() -> {
            if (!index.isDone()) {
                check.join().thenAccept(index::complete);
            }
        });
        return index;
    }

    private CompletableFuture<Long> askLeader() {
        String leader = raft.get()
                .map(DivisionInfo::getLeaderId)
                .map(Object::toString)
                .filter(tag -> !tag.equals(node.tag()))
                .orElse(null);
        if (leader == null) {
            return CompletableFuture.failedFuture(new NotAppendedException("No leader is known"));
        }
        byte[] group = new WireWriter(40).text(shard.group().toString()).toBytes();
        return questions
                .track(leader, node.peers().ask(leader, Shards.FENCE, group, 5_000))
                .thenApply(answer -> new WireReader(answer).number());
    }

    /** What a batch of one barrier came to. */
    static long passed(List<byte[]> outcomes) {
        return ((io.rookery.store.Outcome.Passed) OutcomeCodec.decode(outcomes.get(0))).index();
    }
}
