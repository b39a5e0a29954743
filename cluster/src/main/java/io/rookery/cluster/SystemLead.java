package io.rookery.cluster;

import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import io.rookery.api.Transaction;
import io.rookery.api.Write;
import io.rookery.cluster.topology.Decision;
import io.rookery.cluster.topology.SystemState;
import io.rookery.cluster.wire.Failures;
import io.rookery.cluster.wire.NotAppendedException;
import io.rookery.cluster.wire.WireReader;
import io.rookery.cluster.wire.WireWriter;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * The way of what operators ask of the cluster: any node takes the question and hands it to the system shard's leader,
 * which writes down what is wanted and answers when the {@link Reconciler} has brought it about. A second time is harmless.
 */
final class SystemLead {
    private static final String ASKED = "it was asked for";
    private static final long WAIT_MILLIS = 60_000;
    private static final long NO_LEADER_NANOS = TimeUnit.SECONDS.toNanos(8);

    private final NodeContext node;
    private final Shards shards;
    private final DecisionLog log;

    SystemLead(NodeContext node, Shards shards, DecisionLog log) {
        this.node = node;
        this.shards = shards;
        this.log = log;
    }

    /** The leader's work on a kind of question; where it does not lead, who asked looks for the leader again. */
    void handle(String kind, Function<WireReader, CompletableFuture<Void>> work) {
        node.peers().handle(kind, question -> {
            if (!shards.system().map(ReplicatedStore::leads).orElse(false)) {
                return CompletableFuture.failedFuture(
                        new NotAppendedException("Node " + node.tag() + " does not lead the cluster"));
            }
            return work.apply(new WireReader(question)).thenApply(done -> new WireWriter(10)
                    .number(system().replica().appliedIndex().reached())
                    .toBytes());
        });
    }

    /** Completes when what was asked is done, and visible on this node. */
    CompletableFuture<Void> ask(String kind, WireWriter question) {
        return ask(kind, question, NO_LEADER_NANOS);
    }

    /** For what the leader may have to give the lead away for: the next one goes on. */
    CompletableFuture<Void> askPatiently(String kind, WireWriter question) {
        return ask(kind, question, TimeUnit.MILLISECONDS.toNanos(WAIT_MILLIS));
    }

    private CompletableFuture<Void> ask(String kind, WireWriter question, long patience) {
        return ask(kind, question.toBytes(), System.nanoTime() + patience)
                .thenCompose(answer -> system().applied(new WireReader(answer).number()));
    }

    private CompletableFuture<byte[]> ask(String kind, byte[] question, long deadline) {
        String leader = shards.system().map(ReplicatedStore::leaderTag).orElse(null);
        CompletableFuture<byte[]> answer = leader == null
                ? CompletableFuture.failedFuture(new NotAppendedException("No leader of the cluster is known"))
                : node.peers().ask(leader, kind, question, WAIT_MILLIS + 5_000);
        return answer.exceptionallyCompose(failure -> {
            Throwable cause = Failures.unwrap(failure);
            boolean refused = cause instanceof NotAppendedException
                    || (cause instanceof RookeryException known
                            && known.outcomeKnown()
                            && known.code() == ErrorCode.UNAVAILABLE);
            if (!refused) {
                return CompletableFuture.failedFuture(cause);
            }
            if (System.nanoTime() - deadline > 0) {
                return CompletableFuture.failedFuture(
                        new RookeryException(ErrorCode.NO_LEADER, "Nobody leads the cluster: " + cause.getMessage()));
            }
            return CompletableFuture.supplyAsync(() -> question, node.threads().later(100))
                    .thenCompose(again -> ask(kind, again, deadline));
        });
    }

    /** @throws RookeryException UNAVAILABLE while this node is part of no cluster */
    ReplicatedStore system() {
        return shards.system()
                .orElseThrow(() -> new RookeryException(
                        ErrorCode.UNAVAILABLE, "Node " + node.tag() + " is not part of a cluster yet"));
    }

    SystemState state() {
        return SystemState.read(system());
    }

    /** Writes it down, and that it was asked for. */
    CompletableFuture<Void> decide(Write write, String what, String of) {
        return log.commit(system(), List.of(write), List.of(Decision.of(System.currentTimeMillis(), what, of, ASKED)));
    }

    CompletableFuture<Void> commit(Write... writes) {
        return system().commit(Transaction.of(List.of(writes), System.currentTimeMillis()))
                .thenApply(done -> null);
    }

    /** Whoever leads then goes on when this node gave the lead away meanwhile. */
    private BooleanSupplier whileLeading(BooleanSupplier condition) {
        return () -> {
            if (!system().leads()) {
                throw new NotAppendedException("Node " + node.tag() + " does not lead the cluster any more");
            }
            return condition.getAsBoolean();
        };
    }

    /** Completes when the condition holds; what is written down goes on in any case. */
    CompletableFuture<Void> until(String what, BooleanSupplier condition) {
        return node.threads().until(WAIT_MILLIS, whileLeading(condition)).thenAccept(holds -> {
            if (!holds) {
                throw RookeryException.outcomeUnknown(
                        ErrorCode.TIMEOUT,
                        "It is written down and goes on, but was not finished in " + WAIT_MILLIS / 1000 + " s: " + what,
                        null);
            }
        });
    }
}
